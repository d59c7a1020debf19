using LogPipeline.Indexing;

namespace LogPipeline.Tests.Indexing.Bodies;

public sealed class BulkBodyTests
{
    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 3 })]
    [InlineData(new[] { 1, 2, 5 })]
    [InlineData(new[] { 100, 1, 700, 3, 3 })]
    public void The_documents_of_a_ticket_are_exactly_its_own(int[] documents)
    {
        using var body = new BulkBody("t", 64);
        for (int ticket = 0; ticket < documents.Length; ticket++)
        {
            body.Tickets.Add(new object());
            for (int document = 0; document < documents[ticket]; document++) body.Add(new BulkItem { Ticket = ticket, Start = document });
        }

        for (int ticket = 0; ticket < documents.Length; ticket++)
        {
            Assert.Equal(Enumerable.Range(0, documents[ticket]), body.ItemsOf(ticket).ToArray().Select(item => item.Start));
            Assert.All(body.ItemsOf(ticket).ToArray(), item => Assert.Equal(ticket, item.Ticket));
        }
    }
}

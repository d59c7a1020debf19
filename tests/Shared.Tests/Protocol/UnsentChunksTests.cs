using LogPipeline.Ledger;
using LogPipeline.Protocol.Messages;
using LogPipeline.Protocol.Sending;

namespace LogPipeline.Tests.Protocol;

/// <summary>What was read in one piece goes in as many as its way needs.</summary>
public sealed class UnsentChunksTests
{
    private static readonly ReadEnd Before = new(7, new(100, 1)), End = new(8, new(0, 2));

    [Fact]
    public void A_chunk_that_is_too_large_for_its_way_goes_in_pieces_and_only_the_last_one_says_where_it_ends()
    {
        byte[] array = new byte[2000];
        new Random(1).NextBytes(array);
        var chunk = new DeliverChunk
        {
            Stream = "s", Epoch = default, Sequence = 0, Start = new(7, 100), Header = new byte[300], Bytes = array.AsMemory(0, 1500), Rented = array, Flags = ChunkFlags.EndOfFile, GoOnAt = new(8, 0),
        };
        var unsent = new UnsentChunks();
        unsent.Add(chunk, Before, End);

        List<(DeliverChunk Piece, ReadEnd End)> pieces = [];
        while (unsent.TryPeek(1000, out DeliverChunk piece, out ReadEnd end))
        {
            pieces.Add((piece, end));
            unsent.Take(piece);
        }

        Assert.Equal([700, 800], pieces.Select(piece => piece.Piece.Bytes.Length));
        Assert.Equal([300, 0], pieces.Select(piece => piece.Piece.Header.Length));
        Assert.Equal([new(7, 100), new(7, 800)], pieces.Select(piece => piece.Piece.Start));
        Assert.Equal([ChunkFlags.None, ChunkFlags.EndOfFile], pieces.Select(piece => piece.Piece.Flags));
        Assert.Equal([default, chunk.GoOnAt], pieces.Select(piece => piece.Piece.GoOnAt));
        Assert.Equal([Before, End], pieces.Select(piece => piece.End));
        // Neither is alone in the array, so neither may give it back.
        Assert.All(pieces, piece => Assert.Null(piece.Piece.Rented));
        Assert.Equal(chunk.Bytes.ToArray(), pieces.SelectMany(piece => piece.Piece.Bytes.ToArray()));
    }

    /// <summary>A file that is truncated and grows again is told apart by what stands before the place where reading goes on.</summary>
    [Theory]
    [InlineData(0, 700, true)]
    [InlineData(100, 700, false)]
    [InlineData(100, 5000, true)]
    public void A_piece_ends_with_the_crc_of_what_stands_before_its_end_where_that_is_in_the_chunk(long start, int pieceBytes, bool isKnown)
    {
        byte[] bytes = new byte[20_000];
        new Random(1).NextBytes(bytes);
        var unsent = new UnsentChunks();
        unsent.Add(new DeliverChunk { Stream = "s", Epoch = default, Sequence = 0, Start = new(7, start), Bytes = bytes }, Before, End);
        for (int given = pieceBytes; given <= 3 * pieceBytes; given += pieceBytes)
        {
            Assert.True(unsent.TryPeek(pieceBytes, out DeliverChunk piece, out ReadEnd end));
            Assert.Equal(isKnown ? new(7, TailCrc.Of(start + given, bytes.AsSpan(0, given))) : Before, end);
            unsent.Take(piece);
        }
    }

    [Fact]
    public void A_chunk_that_its_way_takes_goes_as_it_is_with_its_array()
    {
        byte[] array = new byte[2000];
        var chunk = new DeliverChunk { Stream = "s", Epoch = default, Sequence = 0, Start = new(7, 100), Bytes = array.AsMemory(10, 1500), Rented = array };
        var unsent = new UnsentChunks();
        unsent.Add(chunk, Before, End);
        Assert.True(unsent.TryPeek(1500, out DeliverChunk whole, out ReadEnd end));
        Assert.Same(chunk, whole);
        Assert.Equal(End, end);
    }
}

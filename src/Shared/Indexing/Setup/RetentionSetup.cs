using System.Globalization;
using System.Text.Json;
using LogPipeline.Indexing.Connections;
using LogPipeline.Indexing.Verdicts;

namespace LogPipeline.Indexing.Setup;

/// <summary>Puts retention policies into OpenSearch. Safe to repeat: what is there and says the same is left alone, what says another thing is changed.</summary>
public sealed class RetentionSetup(IStoreRequests store)
{
    private const string Policies = "_plugins/_ism/policies/";

    /// <summary>Puts one policy, and gives it to the indices that are there already and have none.</summary>
    /// <returns>What was done, or why it was not; a sentence.</returns>
    public async Task<(bool Done, string What)> PutAsync(RetentionPolicy policy, CancellationToken cancellationToken)
    {
        string condition = "", did = "set";
        using (StoreAnswer existing = await store.SendAsync(HttpMethod.Get, Policies + policy.Name, default, cancellationToken).ConfigureAwait(false))
        {
            if (existing.Status == 200)
            {
                using JsonDocument answer = JsonDocument.Parse(existing.Body.ToArray());
                JsonElement root = answer.RootElement;
                if (root.TryGetProperty("policy", out JsonElement said) && policy.IsSaidBy(said)) return (true, $"{policy.Name}: {policy.Pattern} is deleted after {Days(policy)} already");
                condition = string.Create(CultureInfo.InvariantCulture, $"?if_seq_no={root.GetProperty("_seq_no").GetInt64()}&if_primary_term={root.GetProperty("_primary_term").GetInt64()}");
                did = "changed";
            }
            else if (existing.Status != 404) return (false, $"{policy.Name}: {Refusal(existing)}");
        }
        using (StoreAnswer put = await store.SendAsync(HttpMethod.Put, Policies + policy.Name + condition, policy.Encode(), cancellationToken).ConfigureAwait(false))
        {
            if (put.Status is not (200 or 201)) return (false, $"{policy.Name}: {Refusal(put)}");
        }
        // A policy's template is for indices that are made from now on. An index with a policy keeps it: that is what the answer calls a failure.
        using StoreAnswer added = await store.SendAsync(HttpMethod.Post, $"_plugins/_ism/add/{policy.Pattern}", JsonSerializer.SerializeToUtf8Bytes(new PolicyName(policy.Name), PolicyNameContext.Default.PolicyName), cancellationToken).ConfigureAwait(false);
        return added.Status is 200 or 404
            ? (true, $"{policy.Name}: {did}: {policy.Pattern} is deleted after {Days(policy)}")
            : (false, $"{policy.Name}: {did}, but not given to the indices that are there: {Refusal(added)}");
    }

    private static string Days(RetentionPolicy policy) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Ceiling(policy.Keep.TotalDays))} days");

    private static string Refusal(StoreAnswer answer) =>
        answer.Failure != StoreFailure.None ? $"the store does not answer: {answer.Detail}" : $"HTTP {answer.Status} {StoreError.ParseBody(answer.Body).Reason}".TrimEnd();
}

using System.Buffers.Binary;

namespace OpsMantik.Core.Reconciliation;

/// <summary>
/// The number that an upload is sent under, from the claim and the site: the ledger's line has both, so that no column and no
/// round trip is needed to find it again. Every claim is another upload, a resend too, so it has another number. Claims are
/// random; of 4,000 uploads in 28 days of one account, two share a number with a chance of 0.4 %.
/// </summary>
internal static class JobIds
{
    /// <returns>1 to 2,147,483,647. <c>Sql/Batches.sql</c> has the same.</returns>
    /// <param name="claim">The <c>batch_id</c> of the ledger. One claim may hold several sites.</param>
    public static int Of(Guid claim, Guid site) => Math.Max((First(claim) ^ First(site)) & int.MaxValue, 1);

    // As a UUID is written: its first eight digits.
    private static int First(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt32BigEndian(bytes);
    }
}

namespace OpsMantik.Core.Database;

/// <summary>Gives the token that serves as a login's password while it is valid.</summary>
public interface IDatabaseToken
{
    /// <summary>
    /// A token that is still valid, a new one only when that is near its end. Asked every minute, by one caller at a time;
    /// it must end in good time, for meanwhile nobody can connect for the first time.
    /// </summary>
    ValueTask<string> GetAsync(CancellationToken cancellationToken);
}

namespace OpsMantik.Core.Errors;

/// <summary>What a code says, in words for a person who answers the phone.</summary>
/// <param name="Code">As it stands in <c>provider_error_code</c>; a family of codes ends in <c>*</c>.</param>
/// <param name="Topic">What it is about, one of a few words for a heading.</param>
/// <param name="Meaning">What happened: one plain sentence.</param>
/// <param name="Action">What to do: one or two plain sentences.</param>
/// <param name="Who">Who has to do it.</param>
public sealed record ErrorMeaning(string Code, string Topic, string Meaning, string Action, Responsible Who);

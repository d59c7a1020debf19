using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Local.Tests")]

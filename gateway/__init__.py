"""Everything with a socket, a file or a secret."""

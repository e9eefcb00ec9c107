"""What a document means, without saying how it is done; pure."""

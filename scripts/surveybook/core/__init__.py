"""What every room may use: paths, errors, rounding and the words of a survey."""

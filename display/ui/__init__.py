"""The shell around pygame: window, paint, text, input, sound."""

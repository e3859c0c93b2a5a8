"""Fits the rules' thresholds and probabilities on labels; needs scikit-learn, unlike the rules."""

"""What operators measure: metrics and traces."""

"""What was once said stays readable: golden examples, old streams, upcasts."""

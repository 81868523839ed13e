"""The moments at which a warning or a miss is due, and the loop that has them said."""

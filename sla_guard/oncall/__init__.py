"""On call: who is called for a ticket whose answer is promised around the clock, and when nobody would be."""

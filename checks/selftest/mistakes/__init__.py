"""Every witness is shown catching the mistakes that it must catch, and letting right layers pass."""

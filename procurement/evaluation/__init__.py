"""What follows the opening of a consultation: marks apart, consensus, award, letters, signature."""

"""One reader per digest layout, and what finds, shares and checks them."""

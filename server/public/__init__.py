"""What anybody with a phone may open, and send: the pages behind the QR codes, and what families ask on them."""

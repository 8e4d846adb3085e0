"""Components of one's own: what several cells of chapter 10 need. The components themselves are the reader's.

Source: book, chapter 10
"""

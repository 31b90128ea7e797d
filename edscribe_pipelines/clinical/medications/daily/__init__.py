"""What a dose comes to in a day: how often it is taken, what a product holds, and the most of a day.

Reading order: frequencies, taken, most_of_day, too_often. The findings are made in `doses`.
"""

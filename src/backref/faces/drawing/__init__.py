"""What report and dashboard draw and say alike: the lifeline strip, the chart, the words."""

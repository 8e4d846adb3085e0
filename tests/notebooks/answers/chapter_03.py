"""Wrong answers to the exercises of chapter 3."""

WRONG = {
    "3.1": [
        ('names_in_digits = ["zip_code"]', "one more column"),
        (
            'names_in_digits = ["zip_code", "complaint_id", "consumer_disputed"]',
            "counted and averaged",
        ),
        ('names_in_digits = ["zip_code", "date_received"]', "is text in this table"),
        ('names_in_digits = ["zip"]', "no feature 'zip'"),
    ],
    "3.2": [
        (
            'company_query = "SELECT complaint_id, COUNT(*) AS company_complaints FROM complaints"',
            "into one row",
        ),
        (
            'company_query = "SELECT complaint_id, COUNT(*) AS company_complaints FROM complaints GROUP BY company_id"',
            "one row per company",
        ),
        (
            'company_query = "SELECT complaint_id, COUNT(*) OVER () AS company_complaints FROM complaints"',
            "number of all complaints",
        ),
        (
            'company_query = "SELECT complaint_id, company_complaints FROM complaint"',
            "no such table",
        ),
    ],
    "3.3": [
        ('partition_feature = "consumer_complaint_narrative"', "more than one split"),
        ('partition_feature = "zip_code"', "stops at the first"),
        ('partition_feature = "company_id"', "no column 'company_id'"),
    ],
    "3.4": [
        ('pattern = "{YYYY}-{MM}-{DD}/complaints-v2.csv"', "next delivery"),
        ('pattern = "{YYYY}-{MM}-{DD}/*.csv"', "versions of it"),
        ('pattern = "*/complaints-v{VERSION}.csv"', "Span or Date spec"),
        ('pattern = "{SPAN}/complaints-v{VERSION}.csv"', "Cannot find span number"),
        ('pattern = "{YYYY}{MM}{DD}/complaints-v{VERSION}.csv"', "sign by sign"),
    ],
}

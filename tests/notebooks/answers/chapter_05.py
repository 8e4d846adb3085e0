"""Wrong answers to the exercises of chapter 5."""

WRONG = {
    "5.1": [
        (
            'full_pass = ["tft.scale_to_z_score", "tft.bucketize", "tft.compute_and_apply_vocabulary", '
            '"tft.hash_strings"]',
            "tft.hash_strings can treat",
        ),
        ('full_pass = ["tft.scale_to_z_score", "tft.bucketize"]', "not all are there"),
        ('full_pass = ["scale_to_z_score"]', "as they stand there"),
    ],
    "5.2": [
        ("width = (s1.company.value_counts() >= 5).sum()", "rare companies"),
        ("width = s1.company.nunique() + 1", "too rare"),
        ("width = (s1.company.value_counts() > 5).sum() + 1", "exactly 5"),
    ],
    "5.3": [
        (
            "def amount(texts):\n"
            "    return tf.strings.regex_replace(texts, r'(?s)^.*?\\{\\$([\\d.]+)\\}.*$', r'\\1')",
            "none of those names an amount",
        ),
        (
            "def amount(texts):\n"
            "    found = tf.strings.regex_full_match(texts, r'.*\\{\\$[\\d.]+\\}.*')\n"
            "    first = tf.strings.regex_replace(texts, r'^.*?\\{\\$([\\d.]+)\\}.*$', r'\\1')\n"
            "    return tf.where(found, first, '')",
            "line breaks",
        ),
        (
            "def amount(texts):\n"
            "    found = tf.strings.regex_full_match(texts, r'(?s).*\\{\\$[\\d.]+\\}.*')\n"
            "    last = tf.strings.regex_replace(texts, r'(?s)^.*\\{\\$([\\d.]+)\\}.*$', r'\\1')\n"
            "    return tf.where(found, last, '')",
            "several amounts",
        ),
        ("amount = 'first'", "the function itself"),
    ],
    "5.4": [
        (
            "def two_more(inputs):\n"
            "    response = dense(inputs['company_response'])\n"
            "    words = tf.strings.split(dense(inputs['consumer_complaint_narrative'])).row_lengths()\n"
            "    relief = tf.cast(tf.strings.regex_full_match(response, 'relief'), tf.float32)\n"
            "    return {'relief_xf': relief, 'bucket_xf': tft.bucketize(words, 4)}",
            "anywhere in it",
        ),
        (
            "def two_more(inputs):\n"
            "    response = dense(inputs['company_response'])\n"
            "    words = tf.strings.split(dense(inputs['consumer_complaint_narrative'])).row_lengths()\n"
            "    relief = tf.cast(tf.strings.regex_full_match(response, '.*relief.*'), tf.float32)\n"
            "    return {'relief_xf': relief, 'bucket_xf': words // 200}",
            "bucket",
        ),
        ("def two_more(inputs):\n    return {'relief_xf': inputs['relief']}", "stopped"),
    ],
    "5.5": [
        (
            'my_run = context.catch_up(small.replace(features=config.features.without("zip_code")), "transform")',
            "pair of words",
        ),
        (
            "my_run = context.catch_up("
            'small.replace(features=config.features.without("zip_code").replace(ngrams=3)), "transform")',
            "three words or more",
        ),
        ('my_run = context.catch_up(small, until="schema_gen")', "before Transform"),
        ("my_run = config", "context.catch_up"),
    ],
    "5.6": [
        ('case = ("02139", "021")', "no test can tell"),
        ('case = ("601", "(missing)")', "the careless function answers"),
        ('case = ("02139-4307", "213")', "not its area"),
    ],
}

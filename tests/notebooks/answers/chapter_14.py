"""Wrong answers to the exercises of chapter 14."""

_NOISE = """
import dp_accounting

my_noise = dp_accounting.calibrate_dp_mechanism(
    rdp.RdpAccountant,
    lambda noise: dp_event.SelfComposedDpEvent(
        dp_event.PoissonSampledDpEvent(300 / 6_000, dp_event.GaussianDpEvent(noise)), {steps}
    ),
    3.0,
    1e-5,
    dp_accounting.ExplicitBracketInterval(0.1, 100),
    tol=0.001,
)
"""

_SUM = """
def my_sum(gradients, clip):
    {body}
"""

WRONG = {
    "14.1": [
        (r'my_pattern = r"\b\d{6,12}\b"', "where no account number stands"),
        (r'my_pattern = r"account \d{6,12}"', "is still there"),
        (r'my_pattern = r"[Aa]cc(oun)?t\.? *(no\.|#)? *\d{6}"', "some digits are left"),
        ('my_pattern = "("', "no regular expression"),
    ],
    "14.2": [
        ("my_people = 10_000", "with the lies"),
        ("my_people = 100_000", "fewer people suffice"),
        ("my_people = 100", "where one half disputes"),
        ('my_people = "many"', "a number"),
    ],
    "14.3": [
        (_NOISE.format(steps=15), "15 is the number of epochs"),
        ("my_noise = 5.0", "less noise is enough"),
        ("my_noise = 0.0", "infinite"),
    ],
    "14.4": [
        (
            _SUM.format(
                body="return gradients.sum(0) * min(1, clip / np.linalg.norm(gradients.sum(0)))"
            ),
            "limit the rows and not the sum",
        ),
        (
            _SUM.format(
                body="return (gradients * clip / np.linalg.norm(gradients, axis=1, keepdims=True)).sum(0)"
            ),
            "do not come out as they are",
        ),
        (_SUM.format(body="return gradients.sum(0)"), "leaving out one row moves the sum"),
        ("my_sum = 1.0", "a function of gradients and clip"),
    ],
    "14.5": [
        ("my_clients = data.train_labels", "deal the rows to 3 to 10"),
        (
            "my_clients = np.where(data.train_labels, 1, np.arange(everything) % 2 * 2)",
            "of one label",
        ),
        ("my_clients = np.arange(10) % 3", "one name for each of the"),
    ],
}

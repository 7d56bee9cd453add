# The expected values of test_proportions_against_r.py, test_intervals.py and test_paired.py.
# Run again: Rscript tests/analyse/expected.R   (R with the package survey, here 4.1-1)

suppressPackageStartupMessages(library(survey))

# Data that Python builds by the same formulas: i numbers the respondents, y is the answer,
# k the cluster, h the stratum, w the weight, d the domain.
i <- 1:24
small <- data.frame(
  i = i, y = as.integer((7 * i) %% 10 < 4), k = (i * i) %% 11, h = 1 + (i > 7) + (i > 15),
  w = 1 + (3 * i) %% 5, d = i %% 4 != 0
)
i <- 1:296
large <- data.frame(
  i = i, y = as.integer((37 * i) %% 100 < 54), k = (i * i + 3 * i) %% 97, h = 1 + i %% 3,
  w = 1 + (7 * i) %% 9, d = (11 * i) %% 16 < 13
)

number <- function(x) sprintf("%.17g", x)

# Share and standard error; the design effect of a whole sample; the logit interval, whose degrees
# of freedom are those of the whole design, as for a domain the silent units count too.
show <- function(name, design, domain = NULL, level = 0.95) {
  part <- if (is.null(domain)) design else design[domain, ]
  mean <- svymean(~y, part)
  p <- unname(coef(mean))
  se <- as.numeric(SE(mean))
  effect <- NA
  ends <- c(NA, NA)
  if (p > 0 && p < 1 && se > 0) {
    ends <- attr(svyciprop(~I(y == 1), part, method = "xlogit", level = level, df = degf(design)), "ci")
    if (is.null(domain)) effect <- as.numeric(deff(svymean(~y, design, deff = TRUE)))
  }
  cat(name, number(p), number(se), number(ends[1]), number(ends[2]), number(effect), sep = " | ")
  cat("\n")
}

# Simple random samples without replacement.
show("24 of 60", svydesign(ids = ~1, fpc = ~N, data = transform(small, N = 60)))
show("24 of 25", svydesign(ids = ~1, fpc = ~N, data = transform(small, N = 25)))
show("24 of a billion", svydesign(ids = ~1, fpc = ~N, data = transform(small, N = 1e9)))
show("24 without fpc", svydesign(ids = ~1, weights = ~W, data = transform(small, W = 1)))
show("296 of 556", svydesign(ids = ~1, fpc = ~N, data = transform(large, N = 556)))
show("2 of 10", svydesign(ids = ~1, fpc = ~N, data = transform(small[2:3, ], N = 10)))
show("90 percent interval", svydesign(ids = ~1, fpc = ~N, data = transform(large, N = 556)), level = 0.9)
show("99 percent interval", svydesign(ids = ~1, fpc = ~N, data = transform(large, N = 556)), level = 0.99)
show("census", svydesign(ids = ~1, fpc = ~N, data = transform(small, N = 24)))
show("0 percent", svydesign(ids = ~1, fpc = ~N, data = transform(small, y = 0, N = 60)))
show("100 percent", svydesign(ids = ~1, fpc = ~N, data = transform(small, y = 1, N = 60)))

# Domains: the rest of the sample stays in the design.
show("domain", svydesign(ids = ~1, fpc = ~N, data = transform(small, N = 60)), small$d)
show("domain of 296", svydesign(ids = ~1, fpc = ~N, data = transform(large, N = 556)), large$d)
show("domain of two", svydesign(ids = ~1, fpc = ~N, data = transform(small, N = 60)), small$i %in% c(2, 3))
show("domain of one", svydesign(ids = ~1, fpc = ~N, data = transform(small, N = 60)), small$i == 2)

# Clusters: the correction is a share, so it multiplies the variance between clusters by 1 - n / N.
show("clusters", svydesign(ids = ~k, fpc = ~f, data = transform(small, f = 24 / 60)))
show("clusters of 296", svydesign(ids = ~k, fpc = ~f, data = transform(large, f = 296 / 556)))
show("clusters without fpc", svydesign(ids = ~k, weights = ~W, data = transform(small, W = 1)))
show("domain in clusters", svydesign(ids = ~k, fpc = ~f, data = transform(small, f = 24 / 60)), small$d)
show("domain without two clusters", svydesign(ids = ~k, fpc = ~f, data = transform(small, f = 24 / 60)), small$k > 1)
show("clusters at 100 percent", svydesign(ids = ~k, fpc = ~f, data = transform(small, y = 1, f = 24 / 60)))

# Strata, each with its own correction.
show("strata", svydesign(ids = ~1, strata = ~h, fpc = ~N, data = transform(small, N = c(20, 30, 10)[h])))
show("strata of 296", svydesign(ids = ~1, strata = ~h, fpc = ~N, data = transform(large, N = c(120, 236, 200)[h])))
show("domain in strata", svydesign(ids = ~1, strata = ~h, fpc = ~N, data = transform(small, N = c(20, 30, 10)[h])), small$d)
show("domain of one stratum", svydesign(ids = ~1, strata = ~h, fpc = ~N, data = transform(small, N = c(20, 30, 10)[h])), small$h == 2)
show("one stratum a census", svydesign(ids = ~1, strata = ~h, fpc = ~N, data = transform(small, N = c(7, 30, 23)[h])))
show("one stratum of one person", svydesign(ids = ~1, strata = ~g, fpc = ~N, data = transform(small, g = 1 + (i > 1), N = c(1, 59)[1 + (i > 1)])))
show("clusters in strata", svydesign(ids = ~k, strata = ~h, fpc = ~f, nest = TRUE, data = transform(small, f = c(7 / 20, 8 / 30, 9 / 10)[h])))
show("domain in clusters in strata", svydesign(ids = ~k, strata = ~h, fpc = ~f, nest = TRUE, data = transform(small, f = c(7 / 20, 8 / 30, 9 / 10)[h])), small$d)

# Weights; they are scaled to add up to the population, which leaves shares and errors as they are.
show("weights", svydesign(ids = ~1, weights = ~W, fpc = ~N, data = transform(small, W = w * 60 / sum(w), N = 60)))
show("weights of 296", svydesign(ids = ~1, weights = ~W, fpc = ~N, data = transform(large, W = w * 556 / sum(w), N = 556)))
show("equal weights", svydesign(ids = ~1, weights = ~W, fpc = ~N, data = transform(small, W = 60 / 24, N = 60)))
show("domain with weights", svydesign(ids = ~1, weights = ~w, fpc = ~N, data = transform(small, N = 60)), small$d)
show("weights and clusters", svydesign(ids = ~k, weights = ~W, fpc = ~f, data = transform(small, W = w * 60 / sum(w), f = 24 / 60)))
show("weights and strata", svydesign(ids = ~1, strata = ~h, weights = ~W, fpc = ~N, data = transform(small, W = w * 60 / sum(w), N = c(20, 30, 10)[h])))
show("weights, clusters and strata of 296", svydesign(ids = ~k, strata = ~h, weights = ~W, fpc = ~f, nest = TRUE, data = transform(large, W = w * 556 / sum(w), f = c(98 / 120, 99 / 236, 99 / 200)[h])))
show("domain with weights, clusters and strata of 296", svydesign(ids = ~k, strata = ~h, weights = ~w, fpc = ~f, nest = TRUE, data = transform(large, f = c(98 / 120, 99 / 236, 99 / 200)[h])), large$d)

# For test_intervals.py: quantiles, and the logit interval by R's own qlogis, plogis and qt.
for (level in c(0.5, 0.8, 0.9, 0.95, 0.99)) cat("normal |", level, "|", number(qnorm((1 + level) / 2)), "\n")
for (level in c(0.9, 0.95, 0.99)) for (df in c(1, 2, 5, 23, 295)) {
  cat("t |", level, "|", df, "|", number(qt((1 + level) / 2, df)), "\n")
}
logit <- function(p, se, level, df) {
  cat("logit |", p, "|", se, "|", level, "|", df, "|", sep = " ")
  cat(number(plogis(qlogis(p) + c(-1, 1) * qt((1 + level) / 2, df) * se / (p * (1 - p)))), sep = " | ")
  cat("\n")
}
logit(0.54, 0.02, 0.95, 295)
logit(0.01, 0.006, 0.95, 295)
logit(0.99, 0.006, 0.95, 295)
logit(0.25, 0.1, 0.9, 5)
logit(0.5, 0.3, 0.95, 1)
logit(0.7, 0.05, 0.99, 23)
logit(0.5, 0.35, 0.999, 1)

# For test_paired.py: the mean of 1 (the first alone), -1 (the second alone) and 0, its standard error
# and its Wald interval. Who is in the sample and not in the base stays in the design.
pair <- function(name, sample, base, first, second, both, level = 0.95, population = 556) {
  d <- rep(c(1, -1, 0), c(first - both, second - both, base - first - second + 2 * both))
  data <- data.frame(d = c(d, rep(0, sample - base)), inside = seq_len(sample) <= base, N = population)
  mean <- svymean(~d, subset(svydesign(ids = ~1, fpc = ~N, data = data), inside))
  ends <- confint(mean, level = level)
  cat(name, number(coef(mean)), number(as.numeric(SE(mean))), number(ends[1]), number(ends[2]), sep = " | ")
  cat("\n")
}
pair("all in the base", 296, 296, 210, 198, 150)
pair("fewest in both", 296, 296, 210, 198, 112)
pair("most in both", 296, 296, 210, 198, 198)
pair("a domain of 255", 296, 255, 181, 171, 130)
pair("a domain of 255, fewest in both", 296, 255, 242, 189, 176)
pair("a domain of 255, turned", 296, 255, 171, 181, 97)
pair("a domain of 160", 296, 160, 114, 107, 61)
pair("160, the others silent", 160, 160, 114, 107, 61)
pair("no difference", 296, 255, 120, 120, 60)
pair("all differ", 296, 160, 100, 60, 0)
pair("all say the first alone", 296, 160, 160, 0, 0)
pair("99 percent", 296, 255, 181, 171, 130, level = 0.99)
pair("another population", 40, 23, 15, 11, 6, population = 90)

# For test_power.py: the power of the two-sided t-test of a slope on fixed scores of mean square 1,
# by the noncentral t; the noncentral F of Cohen (1988, chapter 9) must agree.
slope <- function(k, rho, level = 0.05) {
  t <- qt(1 - level / 2, k - 2)
  ncp <- rho * sqrt(k / (1 - rho^2))
  power <- pt(-t, k - 2, ncp) + pt(t, k - 2, ncp, lower.tail = FALSE)
  stopifnot(abs(power - pf(qf(1 - level, 1, k - 2), 1, k - 2, ncp^2, lower.tail = FALSE)) < 1e-9)
  cat("slope |", k, "|", rho, "|", level, "|", number(power), "\n")
}
slope(98, 0.1)
slope(98, 0.2)
slope(98, 0.3)
slope(98, -0.3)
slope(98, 0.5)
slope(98, 0.3, level = 0.01)
slope(40, 0.3)
slope(40, 0)
slope(10, 0.6)
slope(3, 0.9)

# The same with first scores that are drawn anew: their sum of squares is chi-square with k - 1.
anew <- function(k, rho, level = 0.05) {
  t <- qt(1 - level / 2, k - 2)
  power <- function(s) {
    ncp <- rho * sqrt(s / (1 - rho^2))
    (pt(-t, k - 2, ncp) + pt(t, k - 2, ncp, lower.tail = FALSE)) * dchisq(s, k - 1)
  }
  cat("anew |", k, "|", rho, "|", level, "|", number(integrate(power, 0, Inf, rel.tol = 1e-9)$value), "\n")
}
anew(98, 0.2)
anew(98, 0.3)
anew(40, 0.3)
anew(40, 0.5, level = 0.01)
anew(10, 0.6)

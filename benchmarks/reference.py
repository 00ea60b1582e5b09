#!/usr/bin/env python3
"""reference.py FILE FX_RATE: one backtest of profile `exact` in plain Python.

The formulas and their order are those of the engine (open at the touch, four legs, baseline, stop,
profit, convergence, time), one trade at a time. It prints the rows, the trades and the realised
profit, which must be those of `arblite backtest` to the last digit, and on stderr the seconds a
row took. Parameters are those of PARAMS below.
"""
import csv
import sys
import time
from datetime import datetime

PARAMS = {"min_spread_bps": 5.0, "taker_fee_a_bps": 2.5, "taker_fee_b_bps": 2.0,
          "slippage_bps": 0.5, "max_position_usd": 1000.0, "baseline_tau_s": 900.0,
          "take_profit_bps": 12.0, "stop_loss_bps": 35.0, "max_hold_s": 900.0,
          "exit_spread_bps": 0.0, "initial_balance_usd": 10000.0}


def nanoseconds(text):
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int(moment.timestamp()) * 1000000000 + moment.microsecond * 1000


def read(path, rate):
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            yield (nanoseconds(row["timestamp"]), float(row["best_bid_a"]),
                   float(row["best_ask_a"]), float(row["best_bid_b"]), float(row["best_ask_b"]),
                   rate)


class Trade:
    def __init__(self, side, tick, notional, h):
        t, bid_a, ask_a, bid_b, ask_b, rate = tick
        self.side, self.open_ns, self.notional = side, t, notional
        if side > 0:
            self.q = notional / (ask_a / rate)
            self.a_in, self.b_in = ask_a * (1 + h) / rate, bid_b * (1 - h)
        else:
            self.q = notional / ask_b
            self.a_in, self.b_in = bid_a * (1 - h) / rate, ask_b * (1 + h)

    def pnl_usd(self, tick, fee_a, fee_b, h):
        """If it were closed at the touch of this tick."""
        _, bid_a, ask_a, bid_b, ask_b, rate = tick
        if self.side > 0:
            a_out, b_out = bid_a * (1 - h) / rate, ask_b * (1 + h)
        else:
            a_out, b_out = ask_a * (1 + h) / rate, bid_b * (1 - h)
        q, s = self.q, self.side
        gross = q * (s * (a_out - self.a_in)) + q * (s * (self.b_in - b_out))
        fees = (q * fee_a / 1e4 * (self.a_in + a_out) + q * fee_b / 1e4 * (self.b_in + b_out))
        return gross - fees


class Baseline:
    def __init__(self, tau):
        self.tau, self.mean, self.first, self.last = tau, None, 0, 0

    def update(self, t, premium):
        if self.mean is None:
            self.mean, self.first, self.last = premium, t, t
        elif t > self.last:
            step = (t - self.last) / 1e9
            memory = min(self.tau, (self.last - self.first) / 1e9)
            self.mean = self.mean + (premium - self.mean) * (step / (step + memory))
            self.last = t


def exits(trade, tick, premium, level, p, h):
    live = (trade.pnl_usd(tick, p["taker_fee_a_bps"], p["taker_fee_b_bps"], h) /
            trade.notional * 1e4)
    return (live <= -p["stop_loss_bps"] or live >= p["take_profit_bps"] or
            trade.side * (premium - level) <= p["exit_spread_bps"] or
            tick[0] - trade.open_ns >= p["max_hold_s"] * 1e9)


def backtest(ticks, p):
    h = p["slippage_bps"] / 2 / 1e4
    fee_a, fee_b = p["taker_fee_a_bps"], p["taker_fee_b_bps"]
    cost = 2 * (fee_a + fee_b + p["slippage_bps"] + 0.0)
    baseline, trade, realized, opened, rows = Baseline(p["baseline_tau_s"]), None, 0.0, 0, 0
    peak, drawdown = p["initial_balance_usd"], 0.0
    for tick in ticks:
        rows += 1
        t, bid_a, ask_a, bid_b, ask_b, rate = tick
        if not (0 < bid_a < ask_a and 0 < bid_b < ask_b and rate > 0):
            continue
        ma, mb = (bid_a + ask_a) / 2, (bid_b + ask_b) / 2
        premium = (mb * rate - ma) / ma * 1e4
        e1 = (bid_b * rate - ask_a) / ma * 1e4
        u1 = (ask_b * rate - bid_a) / ma * 1e4
        width = u1 - e1
        level = premium if baseline.mean is None else baseline.mean
        if trade is not None and exits(trade, tick, premium, level, p, h):
            realized += trade.pnl_usd(tick, fee_a, fee_b, h)
            trade = None
        n1 = (premium - level) - width - cost
        n2 = (level - premium) - width - cost
        warm = baseline.mean is not None and t - baseline.first >= p["baseline_tau_s"] * 1e9
        if trade is None and warm and max(n1, n2) >= p["min_spread_bps"]:
            trade = Trade(1 if n1 >= n2 else -1, tick, p["max_position_usd"], h)
            opened += 1
        baseline.update(t, premium)
        open_usd = trade.pnl_usd(tick, fee_a, fee_b, h) if trade is not None else 0.0
        equity = p["initial_balance_usd"] + realized + open_usd
        peak = max(peak, equity)
        drawdown = max(drawdown, (peak - equity) / peak)
    return rows, opened, realized, drawdown


def main():
    start = time.perf_counter()
    rows, opened, realized, drawdown = backtest(read(sys.argv[1], float(sys.argv[2])), PARAMS)
    print("rows %d trades %d realized %r drawdown %r" % (rows, opened, realized, drawdown * 100))
    print("%.9f" % ((time.perf_counter() - start) / rows), file=sys.stderr)


main()

#!/bin/sh
# tuning.sh FILE [FILE_OF_FOUR_TIMES_AS_MANY_ROWS]: what tuning costs, in ratios.
#
# FILE is a snapshot file without fx_rate whose venue B quotes 1/2.5 of A, a million rows of it.
# Everything is measured in one run and in turn. BUILD is the build folder (build), with
# `ninja benchmarks/paired benchmarks/kernel_ratio` done; PAIRS how often (7).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=${BUILD:-$here/../build}
pairs=${PAIRS:-7}
file=$(realpath "${1:?usage: tuning.sh FILE [FILE4]}")
file4=${2:+$(realpath "$2")}
build=$(realpath "$build")
arblite=$build/src/cli/arblite
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

paired() { "$build/benchmarks/paired" -n "$pairs" "$@"; }

# Five grids of a thousand jobs as the Python system would take them: its profile books whatever
# is not below its costs, so the threshold is a grid that changes nothing, and the position one of
# scale.
python_session()
{
    cat <<END
data_file: $1
fixed: {profile: compat-d45, pnl_model: spread}
grids:
  - {name: taker_fee_a_bps, values: [2, 3, 4, 5, 6]}
  - {name: taker_fee_b_bps, values: [2, 3, 4, 5, 6]}
  - {name: slippage_bps, values: [1, 2, 3, 4]}
  - {name: min_spread_bps, values: [10, 15, 20, 25, 30]}
  - {name: max_position_usd, values: [1000, 5000]}
END
}

# Five grids in whole bps that all change something; many trade at the same moments.
compat_session()
{
    cat <<END
data_file: $1
fixed: {profile: compat-d37, pnl_model: spread, fx_rate: 2.5, max_position_usd: 1000}
grids:
  - {name: taker_fee_a_bps, values: [2, 3, 4, 5, 6]}
  - {name: taker_fee_b_bps, values: [2, 3, 4, 5, 6]}
  - {name: slippage_bps, values: [1, 2, 3, 4]}
  - {name: min_spread_bps, values: [0, 1, 2, 3, 4]}
  - {name: max_open_trades, values: [1, 2]}
END
}

# The same of which hardly any two ask for the same sum of edge and costs.
uneven_session()
{
    cat <<END
data_file: $1
fixed: {profile: compat-d37, pnl_model: spread, fx_rate: 2.5, max_position_usd: 1000}
grids:
  - {name: taker_fee_a_bps, values: [2, 3, 4, 5, 6]}
  - {name: taker_fee_b_bps, values: [2, 2.7, 3.4, 4.1, 4.8]}
  - {name: slippage_bps, values: [1, 2.11, 3.22, 4.33]}
  - {name: min_spread_bps, values: [0, 1.3, 2.6, 3.9, 5.2]}
  - {name: max_open_trades, values: [1, 2]}
END
}

# Five grids of a thousand jobs with every kind of exit, all distinct.
exact_session()
{
    cat <<END
data_file: $1
fixed: {profile: exact, fx_rate: 2.5, taker_fee_a_bps: 2.5, taker_fee_b_bps: 2,
        slippage_bps: 0.5, max_position_usd: 1000}
grids:
  - {name: baseline_tau_s, values: [300, 900, 2700, 8100]}
  - {name: min_spread_bps, values: [2, 5, 8, 11, 14]}
  - {name: take_profit_bps, values: [4, 8, 12, 16, 20]}
  - {name: stop_loss_bps, values: [15, 25, 35, 45, 55]}
  - {name: max_hold_s, values: [60, 900]}
END
}

# The same at the fees that a session has by default, where a third as many trades pay, and longer.
patient_session()
{
    exact_session "$1" |
        sed 's/fee_a_bps: 2.5/fee_a_bps: 5/; s/fee_b_bps: 2/fee_b_bps: 5/; s/e_bps: 0.5/e_bps: 1/'
}

# A thousand of which no two enter alike, so that none has its work done by another.
apart_session()
{
    cat <<END
data_file: $1
fixed: {profile: exact, fx_rate: 2.5, taker_fee_a_bps: 2.5, taker_fee_b_bps: 2,
        slippage_bps: 0.5, max_position_usd: 1000, take_profit_bps: 12, stop_loss_bps: 35,
        max_hold_s: 900}
grids:
  - {name: baseline_tau_s, values: [300, 900, 2700, 8100]}
  - {name: min_spread_bps, values: [$(seq -s ', ' 2 0.05 14.45)]}
END
}

# ends NAME: how many of a session's results differ.
ends()
{
    sed 's/.*"equity_change_usd"//' "outputs/tuning/$1/results.jsonl" | sort -u | wc -l |
        sed "s/.*/    $1: & of 1,000 results differ/"
}

# plan KIND FILE NAME: writes $work/NAME.jsonl.
plan()
{
    "$1_session" "$2" > "$work/$3.yaml"
    "$arblite" session plan --state-dir "$work/state" --session-file "$work/$3.yaml" \
        --output-jobs-file "$work/$3.jsonl" > /dev/null
}

# One plain backtest: no baseline, no exits but convergence.
plain="--profile exact --fx-rate 2.5 --min-spread-bps 5 --taker-fee-a-bps 2.5 \
--taker-fee-b-bps 2 --slippage-bps 0.5 --max-position-usd 1000"
# What reference.py runs.
full="$plain --baseline-tau-s 900 --take-profit-bps 12 --stop-loss-bps 35 --max-hold-s 900"

backtest() { echo "$arblite backtest --state-dir $work/state --data-file $1"; }
session()
{
    echo "$arblite session run --state-dir $work/state --results jsonl --jobs-file $work/$1.jsonl \
--parallel $2"
}

# Ten jobs spread over the exact grid, each a process of its own on one processor.
scalar_sample()
{
    for i in 0 1 2 3 4 5 6 7 8 9; do
        tau=$(echo 300 900 2700 8100 | cut -d' ' -f$((i % 4 + 1)))
        echo "$(backtest "$file") --profile exact --fx-rate 2.5 --taker-fee-a-bps 2.5" \
            "--taker-fee-b-bps 2 --slippage-bps 0.5 --max-position-usd 1000" \
            "--baseline-tau-s $tau --min-spread-bps $((2 + i % 5 * 3))" \
            "--take-profit-bps $((4 + (i + 2) % 5 * 4)) --stop-loss-bps $((15 + i % 5 * 10))" \
            "--max-hold-s $((i % 2 * 840 + 60));"
    done
}

reference()
{
    head -n 100001 "$file" > "$work/slice.csv"
    python3 "$here/reference.py" "$work/slice.csv" 2.5 > "$work/python" \
        2> "$work/seconds"
    # shellcheck disable=SC2086
    ours=$($(backtest "$work/slice.csv") $full --json |
        sed -n 's/.*"realized_pnl_usd": \(.*\),/\1/p')
    case $(cat "$work/python") in
    *"realized $ours "*) ;;
    *)
        echo "reference.py and arblite differ: $(cat "$work/python"), $ours" >&2
        exit 1
        ;;
    esac
    awk '{printf "    %.2f us a row, %.1f s for a million; same trades, same digits\n",
          $1 * 1e6, $1 * 1e6}' "$work/seconds"
    # A million rows in each, the slice's time scaled.
    # shellcheck disable=SC2046,SC2086
    paired -s 10 "backtest, exits" $(backtest "$file") $full -- \
        "CPython, a tenth of the rows, times 10" \
        sh -c "python3 '$here/reference.py' '$work/slice.csv' 2.5 2> /dev/null"
}

plan python "$file" python
plan compat "$file" compat
plan uneven "$file" uneven
plan exact "$file" exact
plan patient "$file" patient
plan apart "$file" apart
cd "$work" # where sessions put their results
echo "$(nproc) processors, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)," \
    "load $(cut -d' ' -f1-3 /proc/loadavg)"
echo "$(wc -l < "$file") lines, $(($(stat -L -c %s "$file") / 1000000)) MB;" \
    "$(cat "$work"/*.jsonl | wc -l) jobs in $(find "$work" -name '*.jsonl' | wc -l) plans"

# The words of a command stand apart on purpose.
# shellcheck disable=SC2046,SC2086
{
    echo "1. a plain exact backtest against wc -l"
    paired "wc -l" wc -l "$file" -- "backtest" $(backtest "$file") $plain
    for threads in 2 1; do
        echo "2. compat grids, $threads threads, against wc -l"
        paired "wc -l" wc -l "$file" -- "1,000 jobs of the Python system" \
            $(session python $threads)
        paired "wc -l" wc -l "$file" -- "1,000 compat jobs" $(session compat $threads)
        paired "wc -l" wc -l "$file" -- "1,000 compat jobs, all distinct" \
            $(session uneven $threads)
    done
    for threads in 2 1; do
        echo "3. exact grid with exits, $threads threads, against one plain backtest"
        paired "backtest" $(backtest "$file") $plain -- \
            "1,000 exact jobs" $(session exact $threads)
        paired "backtest" $(backtest "$file") $plain -- \
            "1,000 exact jobs, patient" $(session patient $threads)
        paired "backtest" $(backtest "$file") $plain -- \
            "1,000 exact jobs, each its own entries" $(session apart $threads)
    done
    for grid in exact patient apart; do
        ends $grid
    done
    echo "4. exact grid, 1 thread, against 1,000 scalar runs on one (10 of them, times 100)"
    scalar_sample > "$work/scalar.sh"
    paired -s 100 "1,000 exact jobs" taskset -c 0 $(session exact 1) -- \
        "1,000 scalar runs" taskset -c 0 sh "$work/scalar.sh"
    echo "5. CPython running the same formulas"
    reference
    if [ -n "$file4" ]; then
        plan python "$file4" python4
        plan exact "$file4" exact4
        plan apart "$file4" apart4
        echo "6. growth from FILE to FILE4"
        paired -g "backtest" $(backtest "$file") $plain -- \
            "backtest, 4 times the rows" $(backtest "$file4") $plain
        paired -g "grid of the Python system" $(session python 2) -- \
            "the same, 4 times the rows" $(session python4 2)
        paired -g "exact grid" $(session exact 2) -- \
            "exact grid, 4 times the rows" $(session exact4 2)
        paired -g "exact grid, each its own entries" $(session apart 2) -- \
            "the same, 4 times the rows" $(session apart4 2)
    fi
}
if [ -x "$build/benchmarks/kernel_ratio" ]; then
    echo "7. width of the vectors: kernel alone, rows in memory, one thread"
    "$build/benchmarks/kernel_ratio" "$file" 2.5 | sed 's/^/    /'
fi

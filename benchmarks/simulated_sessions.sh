#!/bin/sh
# What whole paper sessions make of the built-in market: every latency, fill and fault included.
#
#   benchmarks/simulated_sessions.sh [PRESET [SEEDS [HOURS]]]     default: lively 20 24
#
# Prints trades an hour, share won and mean PnL per seed and over all: MARKET.md A.1 and the issue's
# bounds are to be held against the last line. About ten seconds a simulated day.
set -eu

preset=${1-lively}
seeds=${2-20}
hours=${3-24}
arblite=${ARBLITE-build/src/cli/arblite}
events=$((hours * 146000)) # about forty a second; the hours printed are the ones that passed
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

echo "seed  hours  trades/h  won %  mean USD"
seed=1
while [ "$seed" -le "$seeds" ]; do
    state=$scratch/$seed
    "$arblite" --state-dir "$state" paper --source "simulated:$seed" --preset "$preset" \
        --start-at 2026-01-05T00:00:00Z --speed max --max-events "$events" \
        >"$scratch/said" 2>/dev/null
    "$arblite" --state-dir "$state" status --json >"$scratch/status"
    awk -v seed="$seed" '
        /^Total Trades:/ { total = $NF }
        /^Closed Trades:/ { closed = $NF }
        /^Win Rate:/ { won = $NF + 0 }
        /^Realized PnL/ { pnl = $NF }
        /"event_time"/ {
            # "2026-01-DDTHH:MM:SS.mmmZ", within the month of January
            split($2, part, /[-T:"Z]/)
            hours = (part[4] - 5) * 24 + part[5] + part[6] / 60
        }
        END {
            printf "%4d %6.1f %9.2f %6.1f %9.2f\n", seed, hours, total / hours, won,
                   (closed > 0 ? pnl / closed : 0)
            printf "%s %s %s %s %s\n", hours, total, closed, won * closed / 100, pnl >> all
        }' all="$scratch/all" "$scratch/said" "$scratch/status"
    rm -rf "$state"
    seed=$((seed + 1))
done
awk '{ h += $1; t += $2; c += $3; w += $4; p += $5 }
     END { printf " all %6.1f %9.2f %6.1f %9.2f\n", h, t / h, (c > 0 ? 100 * w / c : 0), (c > 0 ? p / c : 0) }' \
    "$scratch/all"

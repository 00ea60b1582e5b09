#!/bin/sh
# What the ranking believes of markets whose truth is known, seed by seed: the session files
# noise_free, noise and planted of configs/tuning, on what `arblite export simulated` makes.
#
#   benchmarks/tuning_luck.sh [SEEDS [HOURS [STEP_MS]]]     default: 8 72 1000
#
# About fifteen seconds a seed of three days.
set -eu

seeds=${1-8}
hours=${2-72}
step_ms=${3-1000}
arblite=$(realpath "${ARBLITE-build/src/cli/arblite}")
configs=$(realpath configs/tuning)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# search SAMPLE: its best as "PBO P(loss) DSR closed".
search() {
    rm -rf "outputs/tuning/$1"
    "$arblite" session plan --session-file "$configs/$1.yaml" --output-jobs-file plan >said
    "$arblite" session run --state-dir state --jobs-file plan --results jsonl >said
    "$arblite" session aggregate --results-dir "outputs/tuning/$1" --max-results 1 |
        awk -v sample="$1" '
            /"honesty"/ { told = 1 }
            told && match($0, /"[a-z_]+"/) {
                value = $NF
                sub(/,$/, "", value)
                key = substr($0, RSTART + 1, RLENGTH - 2)
                if (!(key in seen)) seen[key] = value == "null" ? "-" : value
            }
            function share(x) { return x == "-" ? "   -" : sprintf("%.2f", x) }
            END {
                printf "%-10s  PBO %s  P(loss) %s  DSR %s  closed %5d\n", sample,
                    share(seen["pbo"]), share(seen["p_loss"]), share(seen["dsr"]),
                    seen["closed_trades"]
            }'
}

seed=1
while [ "$seed" -le "$seeds" ]; do
    for preset in noise planted; do
        "$arblite" export simulated --preset "$preset" --seed "$seed" --hours "$hours" \
            --step-ms "$step_ms" --force --output "outputs/simulated-$preset-1.csv" >said
    done
    for sample in noise_free noise planted; do
        echo "seed $seed  $(search "$sample")"
    done
    seed=$((seed + 1))
done

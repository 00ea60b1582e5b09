#!/bin/sh
# test_completion.sh SHELL PROGRAM FILE: what the shell offers after TAB, against what the program
# takes. Run by bash or zsh; ends with 77, skipped, where that shell is not there.
set -eu
if [ "${inside-}" = '' ]; then
    command -v "$1" >/dev/null || exit 77
    inside=yes exec "$1" "$0" "$@"
fi
program=$2
failures=0

if [ "$1" = zsh ]; then
    compadd() {
        shift
        offered_words="$*"
    }
    _files() {
        offered_words=FILES
    }
    offer() {
        words=("$@")
        CURRENT=$#
        _arblite
    }
else
    offer() {
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        _arblite
        offered_words="${COMPREPLY[*]-}"
    }
fi
. "$3"

# offers "EXPECTED WORDS" TYPED...: each expected word is offered for the last typed one.
offers() {
    expected=$1
    shift
    offered_words=''
    offer "$program" "$@"
    for word in $(echo "$expected"); do
        case " $offered_words " in
        *" $word "*) ;;
        *)
            echo "after '$*': '$word' is not among '$offered_words'" >&2
            failures=$((failures + 1))
            ;;
        esac
    done
}

offers 'backtest config doctor version' ''
offers 'backtest' --color never b
offers '--max-position-usd --max-open-trades --max-hold-s --max-steps' backtest --max-
offers 'exact compat-d37 compat-d45' backtest --profile ''
offers 'check print explain' config ''
offers '--with-help --config' config print -
offers '--with-help' --config print config print -
offers 'engine pairs alerts' config explain ''
offers 'plan run aggregate rank status' session ''
offers 'simulated' export ''
offers '--preset --hours --force' export simulated --
offers 'lively planted' export simulated --preset ''
offers '--preset --chaos --tls' venue-sim --
offers 'files jsonl' session run --results ''
offers '--session-file --output-jobs-file' session plan --
offers '--json --state-dir --help' doctor --
offers 'debug' --log-level ''

[ "$failures" -eq 0 ]

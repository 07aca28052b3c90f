#!/usr/bin/env bash
# One node on the machine that Slurm runs this on, started again for as long as its exit code asks for that. train.sbatch
# starts it once a machine with srun; worker.sbatch starts it as the whole job of one machine.
# Settings, from the environment:
#   STARLING_RUN     the run's folder, on a file system that all machines share
#   STARLING_CONFIG  the configuration file
#   STARLING         the program; otherwise `starling` from PATH
#   STARLING_PORT    the port of every node; otherwise 4000
#   STARLING_SET     more key=value settings, with spaces between them
#   STARLING_DOCTOR  no: leaves out the checks before the first start
#   NODE_NAME, NODE_ROLES, NODE_SEEDS: given by worker.sbatch; otherwise made from the job's machines
set -u
program=${STARLING:-starling}
port=${STARLING_PORT:-4000}
read -ra settings <<< "${STARLING_SET:-}"

# Slurm knows an address of each machine; its name may lead to another one.
address() { scontrol show node "$1" | sed -nE 's/.*NodeAddr=([^ ]+).*/\1/p'; }
host=$(address "$SLURMD_NODENAME")
[ -n "$host" ] || { echo "Slurm tells no address of $SLURMD_NODENAME" >&2; exit 2; }

name=${NODE_NAME:-$SLURMD_NODENAME}
seeds=${NODE_SEEDS:-}
roles=${NODE_ROLES:-}
if [ -z "$seeds" ]; then
    mapfile -t machines < <(scontrol show hostnames "$SLURM_JOB_NODELIST")
    for machine in "${machines[@]:0:2}"; do seeds=$seeds,$(address "$machine"):$port; done
    seeds=${seeds#,}
fi
if [ -z "$roles" ]; then
    roles=trainer,loader
    # Two machines lead and stand by. The last one scores, since it does not lead unless there are no others.
    if [ "$SLURM_PROCID" -lt 2 ]; then roles=supervisor,$roles; fi
    if [ "$SLURM_PROCID" -eq $((SLURM_NTASKS - 1)) ]; then roles=$roles,evaluator; fi
fi

child='' leaving='' requeue=''
leave() {
    leaving=1
    [ -z "$child" ] || kill -TERM "$child" 2> /dev/null
}
trap leave TERM
# An element of an array is known by two numbers: the one in SLURM_JOB_ID may mean the whole array.
job=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}
job=${job:-$SLURM_JOB_ID}
# Slurm sends USR1 to worker.sbatch before the time limit. The node leaves, and the job comes back for more time.
trap 'requeue=1; echo "node $name: the time is nearly up"; leave' USR1
# What is missing on this machine is said before the node joins the others. 2: what is missing stays so.
if [ "${STARLING_DOCTOR:-yes}" != no ]; then
    while :; do
        "$program" doctor --roles "$roles" --host "$host" --port "$port" --seed "$seeds" --run "$STARLING_RUN" \
            --config "$STARLING_CONFIG" --set monitor.host="$host" "${settings[@]}" &
        child=$!
        wait "$child"
        code=$?
        if [ -n "$requeue" ]; then scontrol requeue "$job"; fi
        [ -z "$leaving" ] || exit 0
        case $code in 0) break ;; 2) exit 2 ;; esac
        sleep 2
    done
fi
while :; do
    "$program" node --name "$name" --roles "$roles" --host "$host" --port "$port" --seed "$seeds" \
        --run "$STARLING_RUN" --config "$STARLING_CONFIG" --set monitor.host="$host" "${settings[@]}" &
    child=$!
    # A signal may have come before there was a child to pass it on to.
    [ -z "$leaving" ] || kill -TERM "$child" 2> /dev/null
    wait "$child"
    code=$?
    # A trap cuts a wait short. The exit code is that of the last wait.
    while kill -0 "$child" 2> /dev/null; do
        wait "$child"
        code=$?
    done
    echo "node $name: exit code $code"
    if [ -n "$requeue" ]; then scontrol requeue "$job"; fi
    # 0: it left, or the run is over. 2: a mistake, which another start would only repeat.
    case $code in 0 | 2) exit "$code" ;; esac
    [ -z "$leaving" ] || exit "$code"
    sleep 2
done

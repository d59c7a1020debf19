#!/bin/bash
# This project's one-process edition. PIPELINE: the command that starts it, e.g. "dotnet <publish folder>/pipeline.dll" or a native binary.
format=cri joining=none parse=none store="http://$SINK_HOST:$SINK_PORT"
case $SCENARIO in
  S3) format=docker ;;
  S4 | crash4) joining=auto ;;
  S5) parse=json ;;
  S1d) joining=auto parse=auto ;; # what users run
  embedded) joining=auto parse=auto store=embedded ;;
esac
exec ${PIPELINE:?set PIPELINE to the command that starts the pipeline} run --source "$LOGS" --format $format --joining $joining --parse $parse \
  --store "$store" --state "$STATE" --listen "127.0.0.1:${PIPELINE_PORT:-15081}" --from-start \
  --field k8s.node.name="$NODE_NAME" --field k8s.cluster.name=bench --field k8s.labels.app=shop

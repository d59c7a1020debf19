#!/bin/bash
# This project's cluster edition: one aggregator and one node, as their images have them. CLUSTER: the folder that both were published to:
# for member in Aggregator Node; do dotnet publish src/$member -p:PublishProfile=Composite -o /tmp/cluster/$member; done
format=cri joining=none parse=none
case $SCENARIO in
  S3) format=docker ;;
  S4 | crash4) joining=auto ;;
  S5) parse=json ;;
  S1d) joining=auto parse=auto ;; # what users run
esac
node_port=$((PIPELINE_PORT + 1)) aggregator_port=$((PIPELINE_PORT + 2))
# configure NAME PORT WEB_PORT
configure() {
  cat > "$STATE/$1.yaml" << END
sources: [{ path: "$LOGS", format: $format }]
joining: { preset: $joining }
parsing: { parser: $parse }
enrichment:
  cluster: bench
  fields: { k8s.node.name: "$NODE_NAME", k8s.labels.app: shop }
ledger: { state_directory: "$STATE/$1" }
store: { urls: ["http://$SINK_HOST:$SINK_PORT"] }
web: { listen: "127.0.0.1:$3" }
cluster: { listen: "127.0.0.1:$2", seeds: ["127.0.0.1:$aggregator_port"] }
END
}
configure aggregator $aggregator_port "$PIPELINE_PORT"
configure node $node_port 0
trap 'kill $(jobs -p)' TERM
export DOTNET_GCgen0size=0x400000
"${CLUSTER:?set CLUSTER to the folder that aggregator and node were published to}/Aggregator/pipeline-aggregator" --config "$STATE/aggregator.yaml" &
"$CLUSTER/Node/pipeline-node" --config "$STATE/node.yaml" &
wait

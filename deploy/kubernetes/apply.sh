#!/bin/sh
# Applies an overlay and waits until it serves: apply.sh deploy/kubernetes/overlays/aks
# The set-up step runs first; migrations only add, so the version before goes on until the new one is ready.
set -eu
overlay=${1:?which overlay}
namespace=temporal-ai
kubectl -n "$namespace" delete job setup --ignore-not-found --wait
# On the server's side: the dashboards are larger than what kubectl would note at each object.
kubectl apply --server-side --force-conflicts -k "$overlay"
kubectl -n "$namespace" wait --for=condition=complete job/setup --timeout=10m
for deployment in $(kubectl -n "$namespace" get deployments -l app.kubernetes.io/part-of=durable-reports -o name); do
  kubectl -n "$namespace" rollout status "$deployment" --timeout=10m
done

"""Checks of one rendering that no schema can make. Prints every problem; exit code 1 if there is one."""

import json
import re
import sys

import yaml

WORKLOAD = "lm-bridge"
# Set for the JVM, the user's home or the file below, not for a key of the settings.
NOT_SETTINGS = {"LM_BRIDGE_CONFIG"}


def main(rendered_path, settings_path):
    with open(rendered_path, encoding="utf-8") as file:
        documents = [document for document in yaml.safe_load_all(file) if document]
    with open(settings_path, encoding="utf-8") as file:
        defaults = yaml.safe_load(file)
    problems = list(check(documents, defaults))
    for problem in problems:
        print(f"{rendered_path}: {problem}", file=sys.stderr)
    return 1 if problems else 0


def check(documents, defaults):
    by_kind = {}
    for document in documents:
        by_kind.setdefault(document["kind"], {})[document["metadata"]["name"]] = document

    deployment = by_kind.get("Deployment", {}).get(WORKLOAD)
    if deployment is None:
        yield f"there is no Deployment named {WORKLOAD}"
        return
    pod = deployment["spec"]["template"]
    spec = pod["spec"]
    container = spec["containers"][0]

    yield from check_selectors(by_kind, deployment)
    yield from check_references(by_kind, spec, container)
    yield from check_hardening(spec, container)
    yield from check_reach(by_kind, container)
    yield from check_probes(container)
    yield from check_order(container)
    yield from check_settings(by_kind, spec, container, defaults)


def check_selectors(by_kind, deployment):
    labels = deployment["spec"]["template"]["metadata"].get("labels", {})
    selectors = {("Deployment", WORKLOAD): deployment["spec"]["selector"].get("matchLabels")}
    for name, service in by_kind.get("Service", {}).items():
        selectors["Service", name] = service["spec"].get("selector")
    for name, budget in by_kind.get("PodDisruptionBudget", {}).items():
        selectors["PodDisruptionBudget", name] = budget["spec"].get("selector", {}).get("matchLabels")
    for name, policy in by_kind.get("NetworkPolicy", {}).items():
        selectors["NetworkPolicy", name] = policy["spec"].get("podSelector", {}).get("matchLabels")
    for (kind, name), selector in selectors.items():
        if not selector:
            yield f"{kind} {name} selects nothing, or every pod of the namespace"
        elif not selector.items() <= labels.items():
            yield f"{kind} {name} selects {selector}, but the pods have the labels {labels}"


def check_references(by_kind, spec, container):
    mounts = {mount["name"] for mount in container.get("volumeMounts", [])}
    volumes = {volume["name"]: volume for volume in spec.get("volumes", [])}
    for name in mounts ^ set(volumes):
        yield f"volume {name} is only mounted or only declared"
    for name, volume in volumes.items():
        config = volume.get("configMap", {}).get("name")
        if config and config not in by_kind.get("ConfigMap", {}):
            yield f"volume {name} names the ConfigMap {config}, which is not there"
        claim = volume.get("persistentVolumeClaim", {}).get("claimName")
        if claim and claim not in by_kind.get("PersistentVolumeClaim", {}):
            yield f"volume {name} names the PersistentVolumeClaim {claim}, which is not there"
    ports = {port.get("name") for port in container.get("ports", [])}
    for name, service in by_kind.get("Service", {}).items():
        for port in service["spec"]["ports"]:
            if port.get("targetPort") not in ports:
                yield f"Service {name} points at the port {port.get('targetPort')}, the container has {ports}"


def check_hardening(spec, container):
    pod_security = spec.get("securityContext", {})
    security = container.get("securityContext", {})
    expected = {
        "enableServiceLinks: false": spec.get("enableServiceLinks") is False,
        "automountServiceAccountToken: false": spec.get("automountServiceAccountToken") is False,
        "runAsNonRoot: true": pod_security.get("runAsNonRoot") is True,
        "readOnlyRootFilesystem: true": security.get("readOnlyRootFilesystem") is True,
        "allowPrivilegeEscalation: false": security.get("allowPrivilegeEscalation") is False,
        "capabilities.drop: [ALL]": "ALL" in security.get("capabilities", {}).get("drop", []),
        "resources.limits.memory": "memory" in container.get("resources", {}).get("limits", {}),
        "terminationGracePeriodSeconds of 60 or more": spec.get("terminationGracePeriodSeconds", 30) >= 60,
    }
    for what, holds in expected.items():
        if not holds:
            yield f"the Deployment lacks {what}"


def check_reach(by_kind, container):
    """Without API keys the port may only be reached by the pods that a NetworkPolicy names."""
    policies = by_kind.get("NetworkPolicy", {}).values()
    rules = [rule for policy in policies for rule in policy["spec"].get("ingress", [])]
    if not any("Ingress" in policy["spec"].get("policyTypes", []) for policy in policies):
        yield "no NetworkPolicy guards the port"
    if any(not rule.get("from") for rule in rules):
        yield "a NetworkPolicy lets everybody in: a rule of ingress has no `from`"
    for name, service in by_kind.get("Service", {}).items():
        if service["spec"].get("type", "ClusterIP") != "ClusterIP":
            yield f"Service {name} is reachable from outside the cluster"


def check_probes(container):
    ports = {port.get("name") for port in container.get("ports", [])}
    paths = {"startupProbe": "/health/live", "livenessProbe": "/health/live", "readinessProbe": "/health/ready"}
    for probe, path in paths.items():
        get = container.get(probe, {}).get("httpGet", {})
        if get.get("path") != path or get.get("port") not in ports:
            yield f"the {probe} must GET {path} on a declared port, not {get}"


def check_order(container):
    """Kubernetes puts $(NAME) in only when NAME stands further up in the list."""
    seen = set()
    for entry in container.get("env", []):
        for name in re.findall(r"\$\((\w+)\)", entry.get("value") or ""):
            if name not in seen:
                yield f"{entry['name']} names $({name}), which does not stand before it"
        seen.add(entry["name"])


def check_settings(by_kind, spec, container, defaults):
    if not isinstance(defaults, dict):
        yield "conf/lm-bridge.yaml holds no keys, so the settings cannot be checked"
        return
    environment = {entry["name"]: entry.get("value") for entry in container.get("env", [])}
    known = {variable(path): path for path in paths(defaults)}
    for name, value in environment.items():
        if name.startswith("LM_BRIDGE_") and name not in NOT_SETTINGS:
            if name not in known:
                yield f"{name} is no key of conf/lm-bridge.yaml"
            elif value and value[0] in "[{":
                try:
                    json.loads(value)
                except ValueError as error:
                    yield f"{name} is not JSON: {error}"

    files = {}
    for volume in spec.get("volumes", []):
        name = volume.get("configMap", {}).get("name")
        files.update(by_kind.get("ConfigMap", {}).get(name, {}).get("data", {}))
    file = environment.get("LM_BRIDGE_CONFIG", "").rsplit("/", 1)[-1]
    if file not in files:
        yield f"LM_BRIDGE_CONFIG names {file!r}, which is in no mounted ConfigMap"
        return
    try:
        settings = yaml.safe_load(files[file])
    except yaml.YAMLError as error:
        yield f"{file} is not YAML: {error}"
        return
    for path in sorted(paths(settings) - paths(defaults)):
        yield f"{file}: {'.'.join(path)} is no key of conf/lm-bridge.yaml"
    if (settings.get("auth") or {}).get("mode") != "open" and "LM_BRIDGE_AUTH_MODE" not in environment:
        yield f"{file}: auth.mode is not set; outside loopback the bridge does not start without it"
    if (settings.get("simulator") or {}).get("allowed") != "never":
        yield f"{file}: simulator.allowed must be never in a cluster"


def paths(tree):
    """Every path of keys, for inner ones too: http, http.port, …"""
    found = set()
    if isinstance(tree, dict):
        for key, value in tree.items():
            found.add((key,))
            found.update((key, *rest) for rest in paths(value))
    return found


def variable(path):
    """http.allowedHosts → LM_BRIDGE_HTTP_ALLOWED_HOSTS"""
    words = ("".join("_" + c if c.isupper() else c for c in key) for key in path)
    return "LM_BRIDGE_" + "_".join(words).upper()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

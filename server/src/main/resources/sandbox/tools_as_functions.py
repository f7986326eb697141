def _mneme_offer(tools, guarded, agent):
    """Makes the agent's tools functions of the program: each calls this server with the short-lived key of the program."""
    import json
    import os
    import urllib.error
    import urllib.request

    def call(name, arguments):
        key, base = os.environ.get("LETTA_API_KEY"), os.environ.get("LETTA_BASE_URL")
        if not key or not base:
            raise RuntimeError(name + " cannot be called from code: this server gives code no key")
        request = urllib.request.Request(
            base + "/v1/agents/" + agent + "/tools/" + name + "/run",
            data=json.dumps({"args": arguments}).encode(),
            headers={"Content-Type": "application/json", "Authorization": "Bearer " + key},
        )
        try:
            with urllib.request.urlopen(request) as answer:
                result = json.load(answer)
        except urllib.error.HTTPError as error:
            raise RuntimeError(name + ": " + error.read().decode("utf-8", "replace")[:500]) from None
        if result.get("status") != "success":
            raise RuntimeError(name + ": " + "".join(result.get("stderr") or []) or "it failed")
        return result.get("func_return")

    def function(name, parameters):
        def tool(*values, **arguments):
            if len(values) > len(parameters):
                raise TypeError("%s() takes %d arguments but %d were given" % (name, len(parameters), len(values)))
            return call(name, {**dict(zip(parameters, values)), **arguments})

        tool.__name__ = name
        return tool

    def refusal(name):
        def tool(*_, **__):
            raise PermissionError(name + " needs a person's approval: call it as a tool, not from code")

        tool.__name__ = name
        return tool

    scope = globals()
    for name, parameters in tools.items():
        scope[name] = function(name, parameters)
    for name in guarded:
        scope[name] = refusal(name)

"""Answers of the account to boto3, held to botocore's own model: nothing required is missing, nothing has another type, and nothing of
an answer is unknown to the model."""

import json
import xml.etree.ElementTree as xml

from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

CALLED = set()


def watched(session, service, endpoint, config=None, **keys):
    config = Config(retries={"total_max_attempts": 1}).merge(config or Config())
    client = session.client(service, endpoint_url=endpoint, config=config, **keys)
    client.meta.events.register(f"after-call.{service}", judge)
    return client


def judge(http_response, parsed, model, **_):
    """An answer against the model."""
    CALLED.add(model.name)
    if http_response.status_code >= 300:
        return
    problems = []
    content = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
    streams = model.has_streaming_output
    if model.output_shape is not None and not streams:
        report = ParamValidator().validate(plain(content), model.output_shape)
        if report.has_errors():
            problems.append(report.generate_report())
    if not streams and http_response.content:
        unknown(http_response, content, model, problems)
    if not {"x-amzn-requestid", "x-amz-request-id"} & {name.lower() for name in http_response.headers}:
        problems.append("no id of the request")
    say(model.name, not problems, "; ".join(problems))


def unknown(http_response, content, model, problems):
    if http_response.content.lstrip()[:1] == b"{":
        if (model.output_shape and model.output_shape.serialization.get("payload")) or "Policy" in content:
            return
        sent = leaves_of(json.loads(http_response.content))
    else:
        root = xml.fromstring(http_response.content)
        sent = sum(1 for element in root.iter() if len(element) == 0 and local(element).lower() not in NO_MEMBERS and is_leaf(element))
    known = leaves_of(content)
    if sent > known:
        problems.append(f"{sent} leaves on the wire, {known} known to the model: {http_response.content.decode()[:600]}")


def plain(value):
    if isinstance(value, dict) and "Statement" in value:
        # A policy document: text in the model, which botocore has read.
        return json.dumps(value)
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def is_leaf(element):
    # An empty list is an element without text and children; an empty text is, too, and counts for nothing then.
    return bool(element.text and element.text.strip())


def leaves_of(value):
    if isinstance(value, dict):
        # A policy document comes as JSON text, which botocore has read.
        return 1 if "Statement" in value else sum(leaves_of(item) for item in value.values())
    if isinstance(value, list):
        return sum(leaves_of(item) for item in value)
    return 1 if value != "" else 0


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def say(what, held, detail):
    print(json.dumps({"what": what, "held": bool(held), "detail": str(detail)[:1500]}), flush=True)


def refused(code, call, message=""):
    """The error that the call ends in."""
    try:
        call()
    except ClientError as error:
        told = error.response["Error"]
        say(f"{code} {message}".strip(), told["Code"] == code and message in told["Message"], f"{told['Code']}: {told['Message']}")
        return error.response
    say(f"{code} {message}".strip(), False, "it was not refused")
    return {}


# Elements that stand for the answer itself.
NO_MEMBERS = ("requestid", "key")

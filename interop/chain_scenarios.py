"""Where credentials may stand: scenarios for the credential chain, those recorded of real SDKs and random ones.

A scenario: `env`, texts of `config` and `creds`, the `profile` named in code or nothing. `@DIR@` is its home directory.
"""

import hashlib
import json
import pathlib
import random

import agency

RECORDED = pathlib.Path(__file__).resolve().parents[2] / "shared/suites/credentials/linklocal-differential"
START = "https://x.awsapps.com/start"
ROLE = "arn:aws:iam::123456789012:role"


def recorded():
    """The scenarios of the published recording, where it stands beside this repository."""
    path = RECORDED / "precedence-differential.json"
    return json.loads(path.read_text())["cases"] if path.exists() else []


def invented(seed, count):
    chance = random.Random(seed)
    return [{"id": f"random-{seed}-{number}", **scenario(chance)} for number in range(count)]


def scenario(chance):
    config, creds = {}, {}
    for name in ("default", "a", "b", "c"):
        if chance.random() < 0.75:
            for _ in range(chance.choice((1, 1, 1, 2))):
                chance.choice(SETTINGS)(chance, name, config, creds)
        if chance.random() < 0.5:
            config.setdefault(name, {})["region"] = chance.choice(("us-east-1", "eu-west-1", "eu-west-1", ""))
    if chance.random() < 0.3:
        config["sso-session s"] = {"sso_start_url": START, "sso_region": "us-east-1"}
    return {"env": environment(chance), "config": text(config, True), "creds": text(creds, False), "files": {},
            "profile": chance.choice((None, None, None, "a", "b", "zzz"))}


def environment(chance):
    env = {}
    for change, probability in ENVIRONMENT:
        if chance.random() < probability:
            env.update(change(chance))
    return env


def text(sections, is_config):
    lines = []
    for name, keys in sections.items():
        named = name if not is_config or name == "default" or " " in name else f"profile {name}"
        lines += [f"[{named}]", *(f"{key} = {value}" for key, value in keys.items())]
    return "".join(f"{line}\n" for line in lines)


def static(chance, name, config, creds):
    where = chance.choice((creds, creds, config))
    keys = {"aws_access_key_id": f"AKID{name.upper()}", "aws_secret_access_key": "s"}
    if chance.random() < 0.25:
        keys["aws_session_token"] = "TOK"
    if chance.random() < 0.2:
        keys[chance.choice(list(keys))] = ""
    if chance.random() < 0.15:
        moved = chance.choice(list(keys))
        (config if where is creds else creds).setdefault(name, {})[moved] = keys.pop(moved)
    if chance.random() < 0.15 and keys:
        keys.pop(chance.choice(list(keys)))
    where.setdefault(name, {}).update(keys)


def role(chance, name, config, creds):
    keys = {"role_arn": f"{ROLE}/r{name}"}
    if chance.random() < 0.8:
        keys["source_profile"] = chance.choice(("a", "b", "c", "default", name, "zzz"))
    if chance.random() < 0.3:
        keys["credential_source"] = chance.choice(("Environment", "EcsContainer", "Ec2InstanceMetadata", "environment", "Nowhere"))
    for key, value in (("duration_seconds", "900"), ("duration_seconds", "abc"), ("external_id", "EXT"),
                       ("role_session_name", "SESS"), ("mfa_serial", "arn:aws:iam::123456789012:mfa/x")):
        if chance.random() < 0.1:
            keys[key] = value
    chance.choice((config, config, creds)).setdefault(name, {}).update(keys)


def web_identity(chance, name, config, creds):
    keys = {"role_arn": f"{ROLE}/w{name}", "web_identity_token_file": chance.choice(("@DIR@/tok", "@DIR@/tok", "@DIR@/nope"))}
    if chance.random() < 0.15:
        keys.pop("role_arn")
    chance.choice((config, creds)).setdefault(name, {}).update(keys)


def sso(chance, name, config, creds):
    keys = {"sso_account_id": "123456789012", "sso_role_name": f"S{name}"}
    keys.update(chance.choice(({"sso_session": "s"}, {"sso_start_url": START, "sso_region": "us-east-1"},
                               {"sso_start_url": "https://unknown.awsapps.com/start", "sso_region": "us-east-1"})))
    if chance.random() < 0.15:
        keys.pop(chance.choice(list(keys)))
    config.setdefault(name, {}).update(keys)


def process(chance, name, config, creds):
    chance.choice((config, creds)).setdefault(name, {})["credential_process"] = chance.choice(
        ("@DIR@/proc", "@DIR@/proc", "@DIR@/proc", "@DIR@/proc fail", ""))


SETTINGS = (static, static, static, role, role, web_identity, sso, process)

ENVIRONMENT = (
    (lambda chance: {"AWS_ACCESS_KEY_ID": chance.choice(("AKIDENV", "AKIDENV", "AKIDENV", "", " "))}, 0.35),
    (lambda chance: {"AWS_SECRET_ACCESS_KEY": chance.choice(("s", "s", "s", ""))}, 0.35),
    (lambda chance: {"AWS_SESSION_TOKEN": chance.choice(("T", ""))}, 0.1),
    (lambda chance: {"AWS_SECURITY_TOKEN": "OLD"}, 0.05),
    (lambda chance: {"AWS_PROFILE": chance.choice(("a", "a", "b", "default", "zzz", ""))}, 0.4),
    (lambda chance: {"AWS_DEFAULT_PROFILE": chance.choice(("a", "b", "zzz"))}, 0.15),
    (lambda chance: {"AWS_REGION": chance.choice(("us-west-1", ""))}, 0.3),
    (lambda chance: {"AWS_DEFAULT_REGION": chance.choice(("us-west-2", ""))}, 0.3),
    (lambda chance: {"AWS_WEB_IDENTITY_TOKEN_FILE": chance.choice(("@DIR@/tok", "@DIR@/nope"))}, 0.15),
    (lambda chance: {"AWS_ROLE_ARN": f"{ROLE}/envweb"}, 0.15),
    (lambda chance: {"AWS_CONTAINER_CREDENTIALS_FULL_URI": agency.URL + chance.choice(("/ecs", "/ecs", "/ecs-err"))}, 0.25),
    (lambda chance: {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": chance.choice(("@DIR@/tok", "@DIR@/toknl", "@DIR@/nope"))}, 0.05),
)


def lay_out(home, case):
    """Puts a scenario's files into a home directory; its environment."""
    aws = home / ".aws"
    (aws / "sso" / "cache").mkdir(parents=True)
    files = {"tok": "JWT.TOK.EN", "toknl": "JWT\n", "proc": PROCESS, **case["files"]}
    for name, content in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content.replace("@DIR@", str(home)))
        path.chmod(0o700)
    for name, content in (("config", case["config"]), ("credentials", case["creds"])):
        if content:
            (aws / name).write_text(content.replace("@DIR@", str(home)))
    if has_tokens(case):
        for key in ("s", START):
            name = f"{hashlib.sha1(key.encode()).hexdigest()}.json"
            (aws / "sso" / "cache" / name).write_text(json.dumps(TOKEN))
    return {**agency.variables(), "AWS_EC2_METADATA_DISABLED": "true",
            **{name: value.replace("@DIR@", str(home)) for name, value in case["env"].items()}}


def has_tokens(case):
    """Whether somebody has logged in to IAM Identity Center there."""
    return case["id"].startswith("random")


TOKEN = {"startUrl": START, "region": "us-east-1", "accessToken": "sso-token", "expiresAt": "2037-01-01T00:00:00Z"}

PROCESS = """\
#!/bin/sh
[ "$1" = fail ] && exit 3
echo '{"Version": 1, "AccessKeyId": "AKIDPROC", "SecretAccessKey": "s", "SessionToken": "t"}'
"""

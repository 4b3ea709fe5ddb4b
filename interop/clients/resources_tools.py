"""S3 by tools that people have: rclone, s3cmd and s3fs, all from where users get them, with files that go and come back.

s3fs has no keys at all: it takes those of the instance's role from the metadata service, under `linklocal run`.
"""

import json
import pathlib

import install as get
import namespace
from account import Account
from clients import rclone, s3fs, signed_s3cmd

ROUTES, MODES = ("aws",), ("rclone", "s3cmd", "s3fs")
NAMES = ["tools.s3.localhost", "s3.localhost"]


def install(work):
    rclone.install(work)
    s3fs.install(work)
    signed_s3cmd.install(work)


def version(work):
    return f"{rclone.version(work)}, {signed_s3cmd.version(work)}, {s3fs.version(work)}"


def run_without_world(arguments, mode, check):
    with Account(arguments) as account:
        namespace.take_names(NAMES, account.home)
        tree(account.home)
        {"rclone": by_rclone, "s3cmd": by_s3cmd, "s3fs": by_s3fs}[mode](account, check)


def tree(home):
    (home / "tree/below").mkdir(parents=True)
    (home / "tree/one").write_text("one")
    (home / "tree/below/two ü").write_text("two")
    (home / "tree/large").write_bytes(bytes(range(256)) * (12 << 12))


def keys(account):
    made = account.banner["Account"]["Administrator"]
    return made["AccessKeyId"], made["SecretAccessKey"]


def done(account, check, what, *command, **variables):
    status, said, told = account.run(*command, **variables)
    check.equal(what, (status, (said + told)[-800:] if status else ""), (0, ""))
    return said


def same(check, home, there):
    for name in ("one", "below/two ü", "large"):
        came = (there / name).read_bytes() if (there / name).exists() else None
        check.equal(f"{name} came back", came == (home / "tree" / name).read_bytes(), True)


def by_rclone(account, check):
    program = account.work / "debian" / "rclone" / "usr/bin/rclone"
    key, secret = keys(account)
    words = ["--config", "/dev/null", "--retries", "1", "--s3-chunk-size", "5M", "--s3-upload-cutoff", "5M", "--s3-acl", "bucket-owner-full-control",
             "--s3-bucket-acl", "private"]
    for style in ("true", "false"):
        remote = f':s3,provider=Other,access_key_id={key},secret_access_key={secret},region=us-east-1,force_path_style={style},' \
                 f'endpoint="http://s3.localhost:{account.address.rsplit(":", 1)[1]}":'
        done(account, check, "mkdir", program, *words, "mkdir", f"{remote}tools")
        done(account, check, "copy", program, *words, "copy", "tree", f"{remote}tools/there")
        done(account, check, "check", program, *words, "check", "tree", f"{remote}tools/there")
        listed = json.loads(done(account, check, "lsjson", program, *words, "lsjson", "-R", "--files-only", f"{remote}tools"))
        check.equal("what is there", sorted(one["Path"] for one in listed), ["there/below/two ü", "there/large", "there/one"])
        done(account, check, "back", program, *words, "copy", f"{remote}tools/there", f"back-{style}")
        same(check, account.home, account.home / f"back-{style}")
        done(account, check, "purge", program, *words, "purge", f"{remote}tools")


def by_s3cmd(account, check):
    program = account.work / "python" / "s3cmd" / "bin" / "s3cmd"
    key, secret = keys(account)
    host = f"s3.localhost:{account.address.rsplit(':', 1)[1]}"
    words = ["-c", "/dev/null", "--access_key", key, "--secret_key", secret, "--region", "us-east-1", "--no-progress", "--no-ssl",
             "--multipart-chunk-size-mb", "5", "--host", host]
    for bucket in (f"%(bucket)s.{host}", host):
        s3 = [program, *words, "--host-bucket", bucket]
        done(account, check, "mb", *s3, "mb", "s3://tools")
        done(account, check, "sync", *s3, "sync", "tree/", "s3://tools/there/")
        check.holds("ls", "there/below/two ü" in done(account, check, "ls", *s3, "ls", "--recursive", "s3://tools"))
        (account.home / f"back-{len(bucket)}").mkdir()
        done(account, check, "back", *s3, "sync", "s3://tools/there/", f"back-{len(bucket)}/")
        same(check, account.home, account.home / f"back-{len(bucket)}")
        done(account, check, "info", *s3, "info", "s3://tools/there/one")
        done(account, check, "cp", *s3, "cp", "s3://tools/there/one", "s3://tools/copy")
        url = done(account, check, "signurl", *s3, "signurl", "s3://tools/copy", "+60").strip()
        check.equal("opened by curl", account.run("curl", "--silent", url)[1], "one")
        done(account, check, "rb", *s3, "rb", "--force", "--recursive", "s3://tools")


def by_s3fs(account, check):
    mount = account.home / "mount"
    mount.mkdir()
    key, secret = keys(account)
    admin = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": "us-east-1"}
    done(account, check, "a bucket", account.binary, "request", "PUT", f"{account.url}/tools", "--service", "s3", **admin)
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::tools", "arn:aws:s3:::tools/*"]}]}
    done(account, check, "the role's policy", account.binary, "request", "iam:PutRolePolicy", "-p", "RoleName=linklocal", "-p", "PolicyName=tools",
         "-p", f"PolicyDocument={json.dumps(policy)}", "--endpoint-url", account.url, **admin)
    libraries = account.work / "debian" / "libfuse2" / "lib/x86_64-linux-gnu"
    program = account.work / "debian" / "s3fs" / "usr/bin/s3fs"
    # Mounts, works and unmounts in one shell: the mount is seen by the shell's children alone.
    script = f"""set -e
        {program} tools {mount} -o iam_role=auto,url={account.url},use_path_request_style,retries=2,connect_timeout=5
        cp -r tree/. {mount}/
        ls -R {mount}
        cp -r {mount}/. back/
        umount {mount}"""
    (account.home / "back").mkdir()
    said = done(account, check, "a mounted bucket", account.binary, "run", "--data", account.data, "--", "unshare", "--mount", "sh", "-c",
                script, LD_LIBRARY_PATH=str(libraries))
    check.holds("its files", "two ü" in said, said)
    same(check, account.home, pathlib.Path(account.home) / "back")

"""The clients, one module each: `ROUTES`, `install`, `version`, `run`."""

from clients import (aws_cli, aws_cli_2, aws_config, boto3, busybox, cloud_init, containers, curl, doctor,
                     ec2_metadata, go, hop_limit, java, js_credentials, js_metadata, openssl, rclone, s3fs, scenarios,
                     supervision)

CLIENTS = {
    "curl": curl,
    "boto3": boto3,
    "aws-cli": aws_cli,
    "aws-cli-2": aws_cli_2,
    "js-credentials": js_credentials,
    "js-metadata": js_metadata,
    "aws-config": aws_config,
    "cloud-init": cloud_init,
    "ec2-metadata": ec2_metadata,
    "rclone": rclone,
    "busybox": busybox,
    "go": go,
    "java": java,
    "s3fs": s3fs,
    "containers": containers,
    "supervision": supervision,
    "scenarios": scenarios,
    "openssl": openssl,
    "hop-limit": hop_limit,
    "doctor": doctor,
}

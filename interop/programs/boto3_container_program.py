"""What boto3 finds in a container, given nothing: printed as JSON."""

import json

import boto3

session = boto3.Session()
credentials = session.get_credentials()
frozen = credentials.get_frozen_credentials()
print(json.dumps({
    "method": credentials.method,
    "AccessKeyId": frozen.access_key,
    "SecretAccessKey": frozen.secret_key,
    "Token": frozen.token,
    "AccountId": frozen.account_id,
    "Expiration": credentials._expiry_time.isoformat(),
}))

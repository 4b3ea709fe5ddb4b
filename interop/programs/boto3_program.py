"""What boto3 finds, given nothing: printed as JSON."""

import json

import boto3
from botocore.utils import IMDSRegionProvider

session = boto3.Session()
credentials = session.get_credentials()
frozen = credentials.get_frozen_credentials()
print(json.dumps({
    "method": credentials.method,
    "region": IMDSRegionProvider(session._session).provide(),
    "AccessKeyId": frozen.access_key,
    "SecretAccessKey": frozen.secret_key,
    "Token": frozen.token,
    "Expiration": credentials._expiry_time.isoformat(),
}))

"""Crawls as cloud-init does at boot and prints what it found as JSON.

Arguments: metadata URLs as JSON (null for cloud-init's own), a directory for its files. The platform, which cloud-init
reads from DMI, is said to be EC2; all else is as packaged.
"""

import json
import sys

from cloudinit import helpers
from cloudinit.sources import DataSourceEc2 as ec2

urls, home = json.loads(sys.argv[1]), sys.argv[2]
settings = {"strict_id": False, "max_wait": 10, "timeout": 5}
if urls:
    settings["metadata_urls"] = urls
ec2.identify_platform = lambda: ec2.CloudNames.AWS
paths = helpers.Paths({"cloud_dir": home, "run_dir": home})
source = ec2.DataSourceEc2({"datasource": {"Ec2": settings}}, None, paths)
if not source._get_data():
    sys.exit("cloud-init found no data source")
found = dict(source._crawled_metadata)
found["_metadata_api_version"] = found.get("_metadata_api_version") or source.get_metadata_api_version()
print(json.dumps(found, default=lambda value: value.decode()))

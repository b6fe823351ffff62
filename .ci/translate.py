"""Prints, as JSON, the CloudFormation template that AWS SAM makes of a packaged one.

usage: translate.py FILE
"""

import json
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """The template names its one managed policy by its ARN, so there are none to look up."""

    def load(self):
        return {}


with open(sys.argv[1], encoding="utf-8") as packaged:
    template = yaml_parse(packaged.read())
defaults = {
    name: parameter["Default"] for name, parameter in template["Parameters"].items()
}
json.dump(transform(template, defaults, NoManagedPolicies()), sys.stdout, indent=1)

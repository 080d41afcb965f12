// Written by scripts/generate.ts from schemas/. Do not edit.
import type { ProviderSchema } from "./schema.ts";

export const PROVIDER_SCHEMA: ProviderSchema = {
 "provider": {
  "version": 0,
  "description": "Backups of vector databases as code. The provider connects to clusters, keeps copies of snapshots in repositories, and shows in `terraform plan` which snapshots will be made and which will expire.",
  "attributes": {
   "project": {
    "description": "Who owns what this configuration makes; it stands in every manifest. Letters, digits, `_` and `-`.",
    "required": true,
    "type": "string",
    "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$"
   },
   "state": {
    "description": "Where snapform keeps its own record of what it made, beside the state of Terraform: it outlives a runner that disappears in the middle of an apply. Left out, it is the folder `.snapform/PROJECT` in the repository, provided that exactly one repository is declared; with none or several it has to be given.",
    "optional": true,
    "nested": {
     "mode": "single",
     "attributes": {
      "path": {
       "description": "The folder. A relative path starts in the folder in which Terraform runs.",
       "required": true,
       "type": "string",
       "format": "path"
      }
     }
    }
   },
   "clusters": {
    "description": "The clusters, by name. Resources refer to them by this name.",
    "optional": true,
    "nested": {
     "mode": "map",
     "attributes": {
      "engine": {
       "description": "The kind of database: `lancedb` (embedded, a local folder), `qdrant`, `milvus` or `zilliz` (Zilliz Cloud).",
       "required": true,
       "type": "string",
       "enum": [
        "lancedb",
        "qdrant",
        "milvus",
        "zilliz"
       ]
      },
      "uri": {
       "description": "LanceDB only: the folder of the database. A relative path starts in the folder in which Terraform runs. Remote addresses such as `s3://` are not supported.",
       "optional": true,
       "type": "string",
       "format": "path"
      },
      "nodes": {
       "description": "Qdrant only: every node of the cluster, because a snapshot has one part per node.",
       "optional": true,
       "nested": {
        "mode": "list",
        "attributes": {
         "url": {
          "description": "Address of the node with scheme and port.",
          "required": true,
          "type": "string"
         },
         "api_key": {
          "description": "Key of this node, when it differs from `api_key` of the cluster.",
          "optional": true,
          "sensitive": true,
          "type": "string"
         }
        }
       }
      },
      "address": {
       "description": "Milvus and Zilliz Cloud: address of the server, with port where it is not the usual one.",
       "optional": true,
       "type": "string"
      },
      "api_key": {
       "description": "API key for the whole cluster (Qdrant, Zilliz Cloud). Left out, the environment variable `SNAPFORM_<CLUSTER>_API_KEY` is read, where `<CLUSTER>` is its name in capitals, with `_` for all but letters and digits.",
       "optional": true,
       "sensitive": true,
       "type": "string",
       "environment": "API_KEY"
      },
      "token": {
       "description": "Token of a Milvus or Zilliz Cloud user, instead of `username` and `password`; of Qdrant, sent as a bearer token instead of `api_key`, such as a JWT. Left out, the environment variable `SNAPFORM_<CLUSTER>_TOKEN` is read, where `<CLUSTER>` is its name in capitals, with `_` for all but letters and digits.",
       "optional": true,
       "sensitive": true,
       "type": "string",
       "environment": "TOKEN"
      },
      "username": {
       "description": "Name of a Milvus user; goes with `password`.",
       "optional": true,
       "type": "string"
      },
      "password": {
       "description": "Password of the user in `username`. Left out, the environment variable `SNAPFORM_<CLUSTER>_PASSWORD` is read, where `<CLUSTER>` is its name in capitals, with `_` for all but letters and digits.",
       "optional": true,
       "sensitive": true,
       "type": "string",
       "environment": "PASSWORD"
      },
      "ca_file": {
       "description": "PEM file with the certificate authority that signed the certificate of the server. A relative path starts in the folder in which Terraform runs.",
       "optional": true,
       "type": "string",
       "format": "path"
      },
      "timeout": {
       "description": "How long one request may take before it is given up. Left out: the default of the engine.",
       "optional": true,
       "type": "string",
       "format": "span"
      },
      "concurrency": {
       "description": "How many actions may run at once on this cluster. Left out: the default of the engine.",
       "optional": true,
       "type": "number",
       "minimum": 1,
       "maximum": 1000
      }
     }
    }
   },
   "repositories": {
    "description": "The repositories, by name. Resources refer to them by this name.",
    "optional": true,
    "nested": {
     "mode": "map",
     "attributes": {
      "type": {
       "description": "The kind of storage. `filesystem` is a folder on a local or mounted disk.",
       "required": true,
       "type": "string",
       "enum": [
        "filesystem"
       ]
      },
      "path": {
       "description": "The folder. A relative path starts in the folder in which Terraform runs. Must not lie inside the folder of a LanceDB database, and no two repositories may share one.",
       "required": true,
       "type": "string",
       "format": "path"
      },
      "hash": {
       "description": "How the contents of files are named and checked. Counts when the repository is made; `sha256` can be checked with standard tools, `blake3` is faster. Default: `sha256`.",
       "optional": true,
       "type": "string",
       "default": "sha256",
       "enum": [
        "sha256",
        "blake3"
       ]
      },
      "undo": {
       "description": "How long an expired snapshot stays in the trash and can be brought back. `0` frees its space at once. Default: `7d`.",
       "optional": true,
       "type": "string",
       "default": "7d",
       "format": "span"
      }
     }
    }
   },
   "defaults": {
    "description": "What resources use where they say nothing themselves.",
    "optional": true,
    "nested": {
     "mode": "single",
     "attributes": {
      "timezone": {
       "description": "IANA name of the time zone of schedules.",
       "optional": true,
       "type": "string"
      },
      "repository": {
       "description": "The repository that copies of policies and snapshots go to.",
       "optional": true,
       "type": "string"
      }
     }
    }
   }
  },
  "blocks": {}
 },
 "resources": {
  "snapform_backup_policy": {
   "version": 0,
   "description": "Which collections of a cluster are snapshotted, when, how long the snapshots are kept, and where their copies go. `terraform plan` shows an update in place, with one line in `changes` per snapshot, whenever a run is due or something has to expire, and no changes otherwise.",
   "attributes": {
    "name": {
     "description": "The name of the policy in its project: snapshots belong to `policy.NAME`. Letters, digits, `_` and `-`. To rename, give the new name here and add the old one to `former_names`.",
     "required": true,
     "immutable": {
      "exceptFor": "former_names"
     },
     "type": "string",
     "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$"
    },
    "cluster": {
     "description": "The cluster whose collections are protected.",
     "required": true,
     "forceNew": true,
     "type": "string"
    },
    "collections": {
     "description": "Patterns of the collections to protect. `*` stands for any characters, a leading `!` leaves out what matches. Milvus and Zilliz Cloud name collections `database/collection`.",
     "required": true,
     "type": [
      "list",
      "string"
     ]
    },
    "schedule": {
     "description": "When a snapshot is due. A run that was missed is made up once.",
     "required": true,
     "nested": {
      "mode": "single",
      "attributes": {
       "cron": {
        "description": "Five fields: minute, hour, day of month, month, day of week.",
        "required": true,
        "type": "string"
       },
       "timezone": {
        "description": "IANA name of the time zone in which `cron` is read and in which days, weeks and months of the retention begin. Default: `defaults.timezone` of the provider, else `UTC`.",
        "optional": true,
        "type": "string",
        "providerDefault": "timezone"
       },
       "day_match": {
        "description": "Needed when `cron` sets both day of month and day of week: `any` runs when one of them fits, `all` only when both do.",
        "optional": true,
        "type": "string",
        "enum": [
         "any",
         "all"
        ]
       }
      }
     }
    },
    "retention": {
     "description": "Which snapshots are kept. A snapshot is kept when at least one rule keeps it. `keep_all` alone keeps everything.",
     "required": true,
     "nested": {
      "mode": "single",
      "attributes": {
       "last": {
        "description": "Keep this many of the newest snapshots. A whole number of at least 1, or `all`.",
        "optional": true,
        "type": "string",
        "pattern": "^([1-9][0-9]{0,8}|all)$"
       },
       "hourly": {
        "description": "For this many hours that have a snapshot, keep the newest of each. A whole number of at least 1, or `all`.",
        "optional": true,
        "type": "string",
        "pattern": "^([1-9][0-9]{0,8}|all)$"
       },
       "daily": {
        "description": "For this many days that have a snapshot, keep the newest of each. A whole number of at least 1, or `all`.",
        "optional": true,
        "type": "string",
        "pattern": "^([1-9][0-9]{0,8}|all)$"
       },
       "weekly": {
        "description": "For this many ISO weeks that have a snapshot, keep the newest of each. A whole number of at least 1, or `all`.",
        "optional": true,
        "type": "string",
        "pattern": "^([1-9][0-9]{0,8}|all)$"
       },
       "monthly": {
        "description": "For this many months that have a snapshot, keep the newest of each. A whole number of at least 1, or `all`.",
        "optional": true,
        "type": "string",
        "pattern": "^([1-9][0-9]{0,8}|all)$"
       },
       "yearly": {
        "description": "For this many years that have a snapshot, keep the newest of each. A whole number of at least 1, or `all`.",
        "optional": true,
        "type": "string",
        "pattern": "^([1-9][0-9]{0,8}|all)$"
       },
       "within": {
        "description": "Keep every snapshot that is less than this much older than the newest one. Years, months, days and hours: `1y2m3d4h`.",
        "optional": true,
        "type": "string",
        "format": "duration"
       },
       "within_hourly": {
        "description": "The newest snapshot of each hour, within this duration of the newest one.",
        "optional": true,
        "type": "string",
        "format": "duration"
       },
       "within_daily": {
        "description": "The newest snapshot of each day, within this duration of the newest one.",
        "optional": true,
        "type": "string",
        "format": "duration"
       },
       "within_weekly": {
        "description": "The newest snapshot of each week, within this duration of the newest one.",
        "optional": true,
        "type": "string",
        "format": "duration"
       },
       "within_monthly": {
        "description": "The newest snapshot of each month, within this duration of the newest one.",
        "optional": true,
        "type": "string",
        "format": "duration"
       },
       "within_yearly": {
        "description": "The newest snapshot of each year, within this duration of the newest one.",
        "optional": true,
        "type": "string",
        "format": "duration"
       },
       "keep_all": {
        "description": "Keep everything; goes with no other rule. Default: `false`.",
        "optional": true,
        "computed": true,
        "type": "bool",
        "default": false
       },
       "min_keep": {
        "description": "This many of the newest complete snapshots are never expired, whatever the rules say. 1 unless said otherwise, 3 when only `within` rules are given.",
        "optional": true,
        "type": "number",
        "minimum": 1
       }
      }
     }
    },
    "repository": {
     "description": "Where copies go. Engines whose snapshots are born in a repository (LanceDB) use the repository `default` when none is named. Default: `defaults.repository` of the provider.",
     "optional": true,
     "type": "string",
     "providerDefault": "repository"
    },
    "keep_on_cluster": {
     "description": "How many of the newest snapshots stay on the cluster once their copies in the repository are complete. Default: `1`.",
     "optional": true,
     "computed": true,
     "type": "number",
     "default": 1,
     "minimum": 0
    },
    "description": {
     "description": "A note for people.",
     "optional": true,
     "type": "string"
    },
    "former_names": {
     "description": "Names that this policy had before, the newest first. What belonged to them belongs to this policy.",
     "optional": true,
     "type": [
      "list",
      "string"
     ]
    },
    "runs": {
     "description": "Who keeps the schedule. `apply`: whoever applies; a run that is due is an update in the plan. `external`: another process of the same project; an apply then takes the first snapshot and looks after the retention. Default: `apply`.",
     "optional": true,
     "computed": true,
     "type": "string",
     "default": "apply",
     "enum": [
      "apply",
      "external"
     ]
    },
    "deletion_protection": {
     "description": "Refuses to destroy or replace the policy, in the plan and in apply. Default: `false`.",
     "optional": true,
     "computed": true,
     "type": "bool",
     "default": false
    },
    "on_destroy": {
     "description": "What becomes of the snapshots when the policy is destroyed: `keep` them, as orphans that can be adopted; or `delete` them all but the newest complete one of each collection, which stays with a warning. Default: `keep`.",
     "optional": true,
     "computed": true,
     "type": "string",
     "default": "keep",
     "enum": [
      "keep",
      "delete"
     ]
    },
    "acknowledge": {
     "description": "The hash of the dangerous actions that may be done, as the plan or the warning of an apply shows it. It names exactly that set of actions and is without effect on any other.",
     "optional": true,
     "type": "string"
    },
    "id": {
     "description": "The address of the policy: `policy.NAME`.",
     "computed": true,
     "type": "string"
    },
    "changes": {
     "description": "What the last apply did, or what the planned one will do: one line per snapshot, with its reason.",
     "computed": true,
     "type": [
      "list",
      "string"
     ]
    },
    "newest_restorable": {
     "description": "The instant (RFC 3339) to which every protected collection can be restored at least: the newest complete snapshot of the collection for which it is oldest. Null while a collection has none.",
     "computed": true,
     "type": "string",
     "format": "instant"
    },
    "oldest_restorable": {
     "description": "The instant (RFC 3339) from which on every protected collection can be restored: the oldest complete snapshot of the collection for which it is newest. Null while a collection has none.",
     "computed": true,
     "type": "string",
     "format": "instant"
    },
    "next_run": {
     "description": "The next run of the schedule (RFC 3339, in its time zone), as of the last apply or refresh.",
     "computed": true,
     "type": "string",
     "format": "instant"
    },
    "status": {
     "description": "`ok`: all that was asked for is done. `due`: a run has passed and is not made yet. `withheld`: something is held back until it is acknowledged, or the world is right again. `incomplete`: something failed; the next apply goes on from there. `unknown`: the cluster or the repository could not be looked at.",
     "computed": true,
     "type": "string",
     "enum": [
      "ok",
      "due",
      "withheld",
      "incomplete",
      "unknown"
     ]
    }
   },
   "blocks": {
    "timeouts": {
     "mode": "single",
     "description": "Time limits. What is not done by then is stopped at a safe point; the next apply goes on.",
     "attributes": {
      "create": {
       "description": "Time limit of `create`, such as `2h30m`. Left out: no limit.",
       "optional": true,
       "type": "string"
      },
      "update": {
       "description": "Time limit of `update`, such as `2h30m`. Left out: no limit.",
       "optional": true,
       "type": "string"
      },
      "delete": {
       "description": "Time limit of `delete`, such as `2h30m`. Left out: no limit.",
       "optional": true,
       "type": "string"
      }
     }
    }
   }
  },
  "snapform_restore": {
   "version": 0,
   "description": "The wish that a collection holds what a snapshot holds. Done once, unless `refresh` is `follow`. A target that has vanished since is reported as `lost` and restored again only with `-replace`.",
   "attributes": {
    "name": {
     "description": "The name of the restore in its project: `restore.NAME`. Letters, digits, `_` and `-`. To rename, give the new name here and add the old one to `former_names`.",
     "required": true,
     "immutable": {
      "exceptFor": "former_names"
     },
     "type": "string",
     "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$"
    },
    "from": {
     "description": "The snapshot to restore, in one of three forms, each with `cluster` and `collection` of the snapshot: `policy`, `snapshot`, or `repository`, which works while the source cluster is down and without any record of it.",
     "required": true,
     "nested": {
      "mode": "single",
      "attributes": {
       "policy": {
        "description": "Name of the policy that made the snapshot, best `snapform_backup_policy.NAME.name`, so that it is planned first.",
        "optional": true,
        "type": "string"
       },
       "snapshot": {
        "description": "Name of a snapshot, best `snapform_snapshot.NAME.name`, so that it is taken first.",
        "optional": true,
        "type": "string"
       },
       "repository": {
        "description": "The repository to read from.",
        "optional": true,
        "type": "string"
       },
       "cluster": {
        "description": "The cluster that was snapshotted. With `policy` and `snapshot` it is the cluster of that resource; with `repository`, the name under which it stands there, which need not be declared.",
        "required": true,
        "type": "string"
       },
       "collection": {
        "description": "The collection that was snapshotted.",
        "required": true,
        "type": "string"
       },
       "at": {
        "description": "`latest`, an RFC 3339 instant (the newest complete snapshot that had finished by then), or the id of a snapshot. Left out: `latest`. Goes with `policy` and `repository`.",
        "optional": true,
        "type": "string"
       }
      }
     }
    },
    "to": {
     "description": "Where it goes, and what happens when something is there already.",
     "required": true,
     "nested": {
      "mode": "single",
      "attributes": {
       "cluster": {
        "description": "The cluster to restore to.",
        "required": true,
        "forceNew": true,
        "type": "string"
       },
       "collection": {
        "description": "The collection to make or replace.",
        "required": true,
        "forceNew": true,
        "type": "string"
       },
       "if_exists": {
        "description": "What to do when the collection exists: `fail`; `replace` it, after a snapshot of it was taken; or `alias`: restore beside it under a dated name, then move an alias. Default: `fail`.",
        "optional": true,
        "computed": true,
        "type": "string",
        "default": "fail",
        "enum": [
         "fail",
         "replace",
         "alias"
        ]
       },
       "alias": {
        "description": "The alias to move; needed with `if_exists = \"alias\"` and only then.",
        "optional": true,
        "type": "string"
       },
       "aliases": {
        "description": "Also make the aliases that the collection had when it was snapshotted, where no collection has them now. Needs an engine with aliases. Default: `false`.",
        "optional": true,
        "computed": true,
        "type": "bool",
        "default": false
       },
       "keep_replaced": {
        "description": "How long that which was replaced is kept for an undo. Default: `7d`.",
        "optional": true,
        "computed": true,
        "type": "string",
        "default": "7d",
        "format": "span"
       }
      }
     }
    },
    "refresh": {
     "description": "`once` restores one time; `follow` restores again whenever a newer snapshot is complete, and needs `if_exists = \"replace\"` or `alias`. Default: `once`.",
     "optional": true,
     "computed": true,
     "type": "string",
     "default": "once",
     "enum": [
      "once",
      "follow"
     ]
    },
    "check": {
     "description": "How the result is checked before it counts as done: `hashes` of all files; `count` also the number of points; `deep` also indexes and sample queries. Default: `hashes`.",
     "optional": true,
     "computed": true,
     "type": "string",
     "default": "hashes",
     "enum": [
      "hashes",
      "count",
      "deep"
     ]
    },
    "former_names": {
     "description": "Names that this restore had before, the newest first.",
     "optional": true,
     "type": [
      "list",
      "string"
     ]
    },
    "on_destroy": {
     "description": "What becomes of the restored collection when the resource is destroyed: `keep` it, or `delete` it. No engine deletes collections yet, so that `delete` is refused when the configuration is checked. Default: `keep`.",
     "optional": true,
     "computed": true,
     "type": "string",
     "default": "keep",
     "enum": [
      "keep",
      "delete"
     ]
    },
    "acknowledge": {
     "description": "The hash of the dangerous actions that may be done, as the plan or the warning of an apply shows it; replacing what a collection holds always needs it. It names exactly that set of actions and is without effect on any other.",
     "optional": true,
     "type": "string"
    },
    "id": {
     "description": "The address of the restore: `restore.NAME`.",
     "computed": true,
     "type": "string"
    },
    "changes": {
     "description": "What the last apply did, or what the planned one will do, one line each, with its reason.",
     "computed": true,
     "type": [
      "list",
      "string"
     ]
    },
    "snapshot_id": {
     "description": "The snapshot that was restored.",
     "computed": true,
     "type": "string"
    },
    "restored_at": {
     "description": "When it was restored (RFC 3339).",
     "computed": true,
     "type": "string",
     "format": "instant"
    },
    "restored_collection": {
     "description": "The collection that holds the data: `to.collection`, or with `if_exists = \"alias\"` the dated one that the alias leads to.",
     "computed": true,
     "type": "string"
    },
    "status": {
     "description": "`done`: the target holds the snapshot. `withheld`: it waits for `acknowledge`. `incomplete`: something failed; the next apply goes on from there. `lost`: the target has vanished or was replaced since; only `-replace` restores it again. `unknown`: the cluster could not be looked at.",
     "computed": true,
     "type": "string",
     "enum": [
      "done",
      "withheld",
      "incomplete",
      "lost",
      "unknown"
     ]
    }
   },
   "blocks": {
    "timeouts": {
     "mode": "single",
     "description": "Time limits. What is not done by then is stopped at a safe point; the next apply goes on.",
     "attributes": {
      "create": {
       "description": "Time limit of `create`, such as `2h30m`. Left out: no limit.",
       "optional": true,
       "type": "string"
      },
      "update": {
       "description": "Time limit of `update`, such as `2h30m`. Left out: no limit.",
       "optional": true,
       "type": "string"
      },
      "delete": {
       "description": "Time limit of `delete`, such as `2h30m`. Left out: no limit.",
       "optional": true,
       "type": "string"
      }
     }
    }
   }
  },
  "snapform_snapshot": {
   "version": 0,
   "description": "One named snapshot of one collection, taken once and kept until it is destroyed. It is never taken again by itself: what it holds is the data of then.",
   "attributes": {
    "name": {
     "description": "The name of the snapshot in its project: it belongs to `snapshot.NAME`. Letters, digits, `_` and `-`. To rename, give the new name here and add the old one to `former_names`.",
     "required": true,
     "immutable": {
      "exceptFor": "former_names"
     },
     "type": "string",
     "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$"
    },
    "cluster": {
     "description": "The cluster that has the collection. Another one is an error: a replacement would be a snapshot of today.",
     "required": true,
     "immutable": {
      "exceptFor": null
     },
     "type": "string"
    },
    "collection": {
     "description": "The collection; no pattern. Milvus and Zilliz Cloud: `database/collection`. Another one is an error: a replacement would be a snapshot of today.",
     "required": true,
     "immutable": {
      "exceptFor": null
     },
     "type": "string"
    },
    "description": {
     "description": "A note for people.",
     "optional": true,
     "type": "string"
    },
    "repository": {
     "description": "Where a copy goes. Engines whose snapshots are born in a repository (LanceDB) use the repository `default` when none is named. Default: `defaults.repository` of the provider.",
     "optional": true,
     "type": "string",
     "providerDefault": "repository"
    },
    "former_names": {
     "description": "Names that this snapshot had before, the newest first.",
     "optional": true,
     "type": [
      "list",
      "string"
     ]
    },
    "deletion_protection": {
     "description": "Refuses to destroy or replace the snapshot, in the plan and in apply. Default: `false`.",
     "optional": true,
     "computed": true,
     "type": "bool",
     "default": false
    },
    "on_destroy": {
     "description": "What becomes of the snapshot when the resource is destroyed: `keep` it, as an orphan that can be adopted or imported; or `delete` it, unless it is the newest complete one of its collection, which stays with a warning. Default: `keep`.",
     "optional": true,
     "computed": true,
     "type": "string",
     "default": "keep",
     "enum": [
      "keep",
      "delete"
     ]
    },
    "id": {
     "description": "The id of the snapshot.",
     "computed": true,
     "type": "string"
    },
    "changes": {
     "description": "What the last apply did, or what the planned one will do, one line each, with its reason.",
     "computed": true,
     "type": [
      "list",
      "string"
     ]
    },
    "started_at": {
     "description": "When taking it began (RFC 3339).",
     "computed": true,
     "type": "string",
     "format": "instant"
    },
    "finished_at": {
     "description": "When taking it ended (RFC 3339).",
     "computed": true,
     "type": "string",
     "format": "instant"
    },
    "bytes": {
     "description": "Size of the snapshot in bytes.",
     "computed": true,
     "type": "number"
    },
    "places": {
     "description": "Where complete copies of it lie: `cluster`, `repository.NAME`.",
     "computed": true,
     "type": [
      "list",
      "string"
     ]
    },
    "status": {
     "description": "`complete`: it can be restored. `incomplete`: something failed; the next apply goes on from there. `damaged`: no whole copy is left. `lost`: it was taken and no longer exists; only `-replace` takes another one. `unknown`: the cluster or the repository could not be looked at.",
     "computed": true,
     "type": "string",
     "enum": [
      "complete",
      "incomplete",
      "damaged",
      "lost",
      "unknown"
     ]
    }
   },
   "blocks": {
    "timeouts": {
     "mode": "single",
     "description": "Time limits. What is not done by then is stopped at a safe point; the next apply goes on.",
     "attributes": {
      "create": {
       "description": "Time limit of `create`, such as `2h30m`. Left out: no limit.",
       "optional": true,
       "type": "string"
      },
      "update": {
       "description": "Time limit of `update`, such as `2h30m`. Left out: no limit.",
       "optional": true,
       "type": "string"
      },
      "delete": {
       "description": "Time limit of `delete`, such as `2h30m`. Left out: no limit.",
       "optional": true,
       "type": "string"
      }
     }
    }
   }
  }
 },
 "dataSources": {
  "snapform_collections": {
   "version": 0,
   "description": "The collections of a cluster, as they are now.",
   "attributes": {
    "cluster": {
     "description": "The cluster to look at.",
     "required": true,
     "type": "string"
    },
    "patterns": {
     "description": "Only collections that match, as in `collections` of a policy. Left out: all.",
     "optional": true,
     "type": [
      "list",
      "string"
     ]
    },
    "names": {
     "description": "The names of the collections, sorted.",
     "computed": true,
     "type": [
      "list",
      "string"
     ]
    },
    "collections": {
     "description": "The collections, sorted by name.",
     "computed": true,
     "nested": {
      "mode": "list",
      "attributes": {
       "name": {
        "description": "Its name; Milvus and Zilliz Cloud: `database/collection`.",
        "computed": true,
        "type": "string"
       },
       "points": {
        "description": "Number of points. Null where it was not counted.",
        "computed": true,
        "type": "number"
       },
       "bytes": {
        "description": "Size in bytes. Null where the engine does not say.",
        "computed": true,
        "type": "number"
       },
       "aliases": {
        "description": "Aliases that lead to it.",
        "computed": true,
        "type": [
         "list",
         "string"
        ]
       },
       "problem": {
        "description": "Why it cannot be snapshotted. Null when it can.",
        "computed": true,
        "type": "string"
       }
      }
     }
    }
   },
   "blocks": {}
  },
  "snapform_recovery_points": {
   "version": 0,
   "description": "From when to when each collection can be restored: one entry per collection that has a complete snapshot.",
   "attributes": {
    "cluster": {
     "description": "Only collections of this cluster.",
     "optional": true,
     "type": "string"
    },
    "collection": {
     "description": "Only this collection.",
     "optional": true,
     "type": "string"
    },
    "policy": {
     "description": "Only snapshots that belong to this policy.",
     "optional": true,
     "type": "string"
    },
    "at": {
     "description": "As of this instant (RFC 3339): only snapshots that had finished by then, so that `newest` is what a restore to it would take. Left out: all.",
     "optional": true,
     "type": "string",
     "format": "instant"
    },
    "recovery_points": {
     "description": "One entry per collection, sorted by cluster and collection.",
     "computed": true,
     "nested": {
      "mode": "list",
      "attributes": {
       "cluster": {
        "description": "The cluster.",
        "computed": true,
        "type": "string"
       },
       "collection": {
        "description": "The collection.",
        "computed": true,
        "type": "string"
       },
       "newest": {
        "description": "When the newest complete snapshot was finished (RFC 3339).",
        "computed": true,
        "type": "string"
       },
       "newest_id": {
        "description": "The newest complete snapshot.",
        "computed": true,
        "type": "string"
       },
       "oldest": {
        "description": "When the oldest complete snapshot was finished (RFC 3339).",
        "computed": true,
        "type": "string"
       },
       "oldest_id": {
        "description": "The oldest complete snapshot.",
        "computed": true,
        "type": "string"
       },
       "count": {
        "description": "How many complete snapshots there are.",
        "computed": true,
        "type": "number"
       },
       "bytes": {
        "description": "Their size in bytes, together.",
        "computed": true,
        "type": "number"
       }
      }
     }
    }
   },
   "blocks": {}
  },
  "snapform_snapshots": {
   "version": 0,
   "description": "The snapshots that exist, newest first. All filters that are given have to fit.",
   "attributes": {
    "cluster": {
     "description": "Only snapshots of this cluster.",
     "optional": true,
     "type": "string"
    },
    "collection": {
     "description": "Only snapshots of this collection.",
     "optional": true,
     "type": "string"
    },
    "policy": {
     "description": "Only snapshots that belong to this policy.",
     "optional": true,
     "type": "string"
    },
    "place": {
     "description": "Only snapshots with a copy there: `cluster`, or `repository.NAME`.",
     "optional": true,
     "type": "string",
     "pattern": "^(cluster|repository\\.[A-Za-z0-9_][A-Za-z0-9_-]*)$"
    },
    "status": {
     "description": "Only snapshots of which this is true: `complete` (can be restored), `partial`, `damaged`, `unknown` or `unreachable`.",
     "optional": true,
     "type": "string",
     "enum": [
      "complete",
      "partial",
      "damaged",
      "unknown",
      "unreachable"
     ]
    },
    "finished_after": {
     "description": "Only snapshots that had finished at this instant (RFC 3339) or later.",
     "optional": true,
     "type": "string",
     "format": "instant"
    },
    "finished_before": {
     "description": "Only snapshots that had finished before this instant (RFC 3339).",
     "optional": true,
     "type": "string",
     "format": "instant"
    },
    "limit": {
     "description": "The newest this many at most.",
     "optional": true,
     "type": "number",
     "minimum": 1
    },
    "snapshots": {
     "description": "What fits, newest first.",
     "computed": true,
     "nested": {
      "mode": "list",
      "attributes": {
       "id": {
        "description": "Its id.",
        "computed": true,
        "type": "string"
       },
       "cluster": {
        "description": "The cluster that it was taken of.",
        "computed": true,
        "type": "string"
       },
       "collection": {
        "description": "The collection that it was taken of.",
        "computed": true,
        "type": "string"
       },
       "engine": {
        "description": "The engine that took it.",
        "computed": true,
        "type": "string"
       },
       "address": {
        "description": "What it belongs to, such as `policy.nightly`. Null when snapform did not make it.",
        "computed": true,
        "type": "string"
       },
       "project": {
        "description": "The project that made it. Null when snapform did not make it.",
        "computed": true,
        "type": "string"
       },
       "started_at": {
        "description": "When taking it began (RFC 3339).",
        "computed": true,
        "type": "string"
       },
       "finished_at": {
        "description": "When taking it ended (RFC 3339). Null when it never did.",
        "computed": true,
        "type": "string"
       },
       "scheduled_for": {
        "description": "The run that it was made for (RFC 3339). Null for a one-off.",
        "computed": true,
        "type": "string"
       },
       "description": {
        "description": "A note for people.",
        "computed": true,
        "type": "string"
       },
       "points": {
        "description": "Number of points, as counted before it was taken. Null where nobody counted.",
        "computed": true,
        "type": "number"
       },
       "bytes": {
        "description": "Size in bytes.",
        "computed": true,
        "type": "number"
       },
       "pinned": {
        "description": "Whether it is kept whatever the rules say.",
        "computed": true,
        "type": "bool"
       },
       "status": {
        "description": "As in the filter.",
        "computed": true,
        "type": "string"
       },
       "places": {
        "description": "Where its copies lie: `cluster`, `repository.NAME`.",
        "computed": true,
        "type": [
         "list",
         "string"
        ]
       }
      }
     }
    }
   },
   "blocks": {}
  }
 },
 "functions": {
  "next_runs": {
   "summary": "The next runs of a schedule",
   "description": "The instants (RFC 3339, in the time zone of the schedule) of the next runs, with the arithmetic of the policies, clock changes included. Pure: give it `plantimestamp()` for the runs from now on.",
   "parameters": [
    {
     "name": "schedule",
     "description": "As in a policy: `cron`, and where needed `timezone` (UTC unless given) and `day_match`.",
     "type": [
      "map",
      "string"
     ]
    },
    {
     "name": "from",
     "description": "Only runs after this instant (RFC 3339).",
     "type": "string"
    },
    {
     "name": "count",
     "description": "How many, from 0 to 1000.",
     "type": "number"
    }
   ],
   "returns": [
    "list",
    "string"
   ]
  },
  "retention_preview": {
   "summary": "What a retention would keep",
   "description": "For each instant at which a snapshot was taken, whether the rules keep it and why, newest first. Pure: it asks no cluster.",
   "parameters": [
    {
     "name": "rules",
     "description": "As `retention` of a policy, such as `{ last = 3, daily = 7 }`.",
     "type": [
      "map",
      "string"
     ]
    },
    {
     "name": "timezone",
     "description": "IANA name of the time zone in which days, weeks and months begin.",
     "type": "string"
    },
    {
     "name": "instants",
     "description": "When the snapshots were taken (RFC 3339), in any order.",
     "type": [
      "list",
      "string"
     ]
    }
   ],
   "returns": [
    "list",
    [
     "object",
     {
      "instant": "string",
      "kept": "bool",
      "reasons": [
       "list",
       "string"
      ]
     }
    ]
   ]
  }
 }
};

"""usage: with_kcl.py FOLDER OUTPUT: FOLDER/data.json to a Compose file, by KCL and the program FOLDER/compose.k.

KCL reads files of its program's folder alone, so the program has to be beside the data.
"""

import pathlib
import sys

from kcl_lib import api

folder, output = sys.argv[1:]
program = api.ExecProgramArgs(work_dir=folder, k_filename_list=[f"{folder}/compose.k"], disable_yaml_result=True)
result = api.API().exec_program(program)
if result.err_message:
    sys.exit(result.err_message)
pathlib.Path(output).write_text(result.json_result)

import { ProgramCommand, description, summary } from '../../command.js';

export default class Diagnose extends ProgramCommand {
  static summary = summary('diagnose');
  static description = description('diagnose');
  static examples = ['<%= config.bin %> <%= command.id %> --symptom INVALID_SESSION_ID'];
  static program = 'diagnose';
}

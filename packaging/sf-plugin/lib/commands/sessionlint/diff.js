import { ProgramCommand, description, summary } from '../../command.js';

export default class Diff extends ProgramCommand {
  static summary = summary('diff');
  static description = description('diff');
  static examples = ['<%= config.bin %> <%= command.id %> origin/main'];
  static program = 'diff';
}
